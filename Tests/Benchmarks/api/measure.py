"""Measures the lists: the gateway, the bare query and Django REST in turn, a few seconds each, several rounds.

The machine is shared, so single figures swing; each round holds the three against each other within seconds, and the
median round's ratio counts.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import urllib.parse
import urllib.request

from statements import captured, pgbench_script

HERE = pathlib.Path(__file__).parent
LISTS = {
    "subscriptions": "/api/v1/services/subscriptions/?page_size=50",
    "invoices": "/api/v1/billing/invoices/?page_size=50",
}
CONNECTIONS = 16
PGBENCH = os.environ.get("PGBENCH", "pgbench")
TARGETS = {"django": 12, "bare_query": 0.5, "p99_ms": 10}


def fetch(url, key):
    request = urllib.request.Request(url, headers={"Authorization": f"Api-Key {key}"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def wrk(url, key, seconds):
    """16 connections that ask again as soon as they are answered."""
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--latency", "-s", HERE / "wrk.lua"]
    out = subprocess.run([*command, "-H", f"Authorization: Api-Key {key}", url], check=True, capture_output=True, text=True)
    result = json.loads(re.search(r"^RESULT (.*)$", out.stdout, re.M)[1])
    # A late answer (over 2 s) stands in the latency already.
    if result["not_ok"] or result["broken"]:
        sys.exit(f"{url}: of {result['requests']} requests {result['not_ok']} not 200, {result['broken']} broken off")
    return result | {"rate": result["requests"] / result["seconds"]}


@contextlib.contextmanager
def commits(options, work, rate=1000):
    """Something is committed a thousand times a second: no answer that is remembered is still true."""
    script = work / "commit.sql"
    script.write_text("select pg_current_xact_id();\n")
    writer = subprocess.Popen(
        [PGBENCH, "-n", "-c", "1", "-T", "600", "-R", str(rate), "-f", str(script)],
        env=environment(options),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        writer.terminate()
        writer.wait()


def environment(options):
    # The password goes by the environment: arguments can be seen by anyone.
    url = urllib.parse.urlparse(os.environ["IGNY8_DATABASE_URL"])
    return os.environ | {
        "PGOPTIONS": options,
        "PGHOST": url.hostname,
        "PGPORT": str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": urllib.parse.unquote(url.password or ""),
        "PGDATABASE": url.path.lstrip("/"),
    }


def pgbench(script, parameters, options, seconds):
    """16 clients, prepared statements, under the same role and the same settings."""
    command = [PGBENCH, "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1"]
    for name, value in parameters.items():
        command += ["-D", f"{name}={value}"]
    command += ["-T", str(seconds), "-f", str(script)]
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(options))
    return float(re.search(r"^tps = ([0-9.]+)", out.stdout, re.M)[1])


def compare(name, ours, theirs):
    """Both services must show the same rows with the same fields."""
    if [list(row) for row in ours["results"]] != [list(row) for row in theirs["results"]]:
        sys.exit(f"{name}: the two services do not show the same fields")
    if [row["id"] for row in ours["results"]] != [row["id"] for row in theirs["results"]] or len(ours["results"]) != 50:
        sys.exit(f"{name}: the two services do not show the same 50 rows")


def measure(name, arguments):
    path = LISTS[name]
    ours, theirs = arguments.gateway + path, arguments.django + path
    compare(name, fetch(ours, arguments.key), fetch(theirs, arguments.key))
    flight = captured(arguments.log, f"bench:{name}")
    scripts = {}
    for kind in ("bare", "flight"):
        text, parameters = pgbench_script(flight, kind)
        scripts[kind] = (arguments.work / f"{name}.{kind}.sql", parameters)
        scripts[kind][0].write_text(text)
    for warm in (ours, theirs):
        wrk(warm, arguments.key, 1)
    rounds = []
    for _ in range(arguments.rounds):
        gateway = wrk(ours, arguments.key, arguments.seconds)
        with commits(arguments.settings, arguments.work):
            changing = wrk(ours, arguments.key, arguments.seconds)
            changing_bare = pgbench(*scripts["bare"], arguments.settings, arguments.seconds)
        bare = pgbench(*scripts["bare"], arguments.settings, arguments.seconds)
        whole = pgbench(*scripts["flight"], arguments.settings, arguments.seconds)
        django = wrk(theirs, arguments.key, arguments.seconds)
        rounds.append(
            {
                "django": gateway["rate"] / django["rate"],
                "bare_query": gateway["rate"] / bare,
                "whole_flight": gateway["rate"] / whole,
                "bare_query_while_written": changing["rate"] / changing_bare,
                "p99_ms_while_written": changing["p99_ms"],
                "p50_ms": gateway["p50_ms"],
                "p99_ms": gateway["p99_ms"],
                "requests_per_second": gateway["rate"],
                "bare_queries_per_second": bare,
                "whole_flights_per_second": whole,
                "django_requests_per_second": django["rate"],
            }
        )
    return {key: round(statistics.median(one[key] for one in rounds), 3) for key in rounds[0]}


def table(results):
    lines = [
        f"{CONNECTIONS} connections, {os.cpu_count()} CPUs; requests or queries a second, medians of the rounds",
        f"{'list':<14}{'gateway':>9}{'p50 ms':>8}{'p99 ms':>8}{'bare query':>12}{'ratio':>7}"
        f"{'whole flight':>14}{'ratio':>7}{'Django':>8}{'ratio':>7}{'written':>9}{'p99 ms':>8}",
    ]
    for name, one in results.items():
        lines.append(
            f"{name:<14}{one['requests_per_second']:>9.0f}{one['p50_ms']:>8.1f}{one['p99_ms']:>8.1f}"
            f"{one['bare_queries_per_second']:>12.0f}{one['bare_query']:>7.2f}"
            f"{one['whole_flights_per_second']:>14.0f}{one['whole_flight']:>7.2f}"
            f"{one['django_requests_per_second']:>8.0f}{one['django']:>7.1f}"
            f"{one['bare_query_while_written']:>9.2f}{one['p99_ms_while_written']:>8.1f}"
        )
    lines.append("written: the ratio to the bare query while 1,000 commits a second leave no answer remembered")
    lines.append("targets: 12 x Django REST, 0.5 of the bare query, p99 under 10 ms")
    for name, one in results.items():
        missed = [key for key in ("django", "bare_query") if one[key] < TARGETS[key]]
        missed += ["p99_ms"] if one["p99_ms"] >= TARGETS["p99_ms"] else []
        lines.append(f"{name}: " + ("all reached" if not missed else "missed " + ", ".join(missed)))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("gateway", "django", "key", "settings"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--log", required=True, type=pathlib.Path, help="folder of PostgreSQL's JSON log")
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = {name: measure(name, arguments) for name in LISTS}
    print(json.dumps(results) if arguments.json else table(results))


if __name__ == "__main__":
    main()
