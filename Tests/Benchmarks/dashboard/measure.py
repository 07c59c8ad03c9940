"""Measures the dashboard's endpoints over real HTTP, one request after another on one connection, as a person asks.

Each endpoint twice: while nothing is written (lists may be given again from memory, see RememberedAnswers), and while two
hundred commits a second make every remembered answer untrue. And what booking an entry costs with the totals and without.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).parent
ENDPOINTS = {
    "dashboard": "/api/v1/services/dashboard/",
    "margin": "/api/v1/services/margin/?by=client&ordering=-revenue&currency=USD&page_size=50",
    "clients": "/api/v1/services/clients/?page_size=50",
    "overdue": "/api/v1/services/overdue/?page_size=50",
}
PGBENCH = os.environ.get("PGBENCH", "pgbench")


def sign_in(connection, email, password):
    body = json.dumps({"email": email, "password": password})
    connection.request("POST", "/api/v1/auth/login/", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        sys.exit(f"signing in: {answer.status} {text[:200]}")
    return json.loads(text)["access"]


def ask(connection, path, token):
    began = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status} {text[:200]}")
    return (time.perf_counter() - began) * 1000, text


def environment():
    # The password goes by the environment: arguments can be seen by anyone.
    url = urllib.parse.urlparse(os.environ["BENCH_SUPERUSER"])
    return os.environ | {
        "PGHOST": url.hostname,
        "PGPORT": str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": urllib.parse.unquote(url.password),
        "PGDATABASE": url.path.lstrip("/"),
    }


@contextlib.contextmanager
def commits(work, rate=200):
    """Something is committed: no answer that is remembered is still true."""
    script = work / "commit.sql"
    script.write_text("set synchronous_commit = off;\nselect pg_current_xact_id();\n")
    command = [PGBENCH, "-n", "-c", "1", "-T", "600", "-R", str(rate), "-f", str(script)]
    writer = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        writer.terminate()
        writer.wait()


def times(connection, path, token, seconds):
    measured = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(measured) < 50:
        measured.append(ask(connection, path, token)[0])
    measured.sort()
    return {
        "p50_ms": statistics.median(measured),
        "p95_ms": measured[int(len(measured) * 0.95)],
        "requests": len(measured),
    }


def median(rounds):
    return {key: round(statistics.median(one[key] for one in rounds), 3) for key in rounds[0]}


def posting(work, clients, seconds):
    """Entries a second by four clients, each entry a transaction of its own: with the totals, and with their triggers off."""
    script = work / "post.sql"
    script.write_text((HERE / "post.sql").read_text())
    results = {}
    for name, state in (("without", "disable"), ("with", "enable")):
        for trigger in ("note_lines", "total_lines"):
            psql(f"alter table igny8_ledger_lines {state} trigger {trigger}")
        command = [PGBENCH, "-n", "-M", "prepared", "-c", "4", "-j", "1", "-T", str(seconds), "-D", f"clients={clients}", "-f", str(script)]
        out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout
        results[name] = float(re.search(r"^tps = ([0-9.]+)", out, re.M)[1])
    return results


def psql(statement):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement], check=True, env=environment())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--email", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    address = urllib.parse.urlparse(arguments.gateway)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    result = {"clients": arguments.clients, "endpoints": {}}
    # Once: signing in is limited, and a token outlives the run.
    token = sign_in(connection, arguments.email, os.environ["BENCH_PASSWORD"])
    for name, path in ENDPOINTS.items():
        for _ in range(20):
            _, text = ask(connection, path, token)
        rounds = {"quiet": [], "written": []}
        for _ in range(arguments.rounds):
            rounds["quiet"].append(times(connection, path, token, arguments.seconds))
            with commits(arguments.work):
                rounds["written"].append(times(connection, path, token, arguments.seconds))
        result["endpoints"][name] = {kind: median(measured) for kind, measured in rounds.items()} | {"bytes": len(text)}
        print(f"    {name}: {result['endpoints'][name]['written']}", flush=True)
    rounds = [posting(arguments.work, arguments.clients, arguments.seconds) for _ in range(arguments.rounds)]
    result["posting"] = median(rounds) | {"cost": round(statistics.median(one["without"] / one["with"] for one in rounds), 3)}
    arguments.output.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
