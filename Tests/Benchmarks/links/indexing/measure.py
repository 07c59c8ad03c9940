"""Measures the daily indexing run: the look at everything that is due, with its reports and second submissions, to the end;
then a run where nothing is due."""

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request

parser = argparse.ArgumentParser()
parser.add_argument("--json", action="store_true")
parser.add_argument("--psql", default="psql")
parser.add_argument("--superuser", required=True)
parser.add_argument("--gateway", required=True)
parser.add_argument("--pid", type=int, required=True, help="of the worker")
parser.add_argument("--target", type=float, default=60)
options = parser.parse_args()


def sql(statement):
    done = subprocess.run(
        [options.psql, "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", options.superuser, "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def call(path, body, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = "Bearer " + token
    request = urllib.request.Request(options.gateway + "/api/v1/" + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def resident():
    """Megabytes of the worker."""
    with open(f"/proc/{options.pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def settle():
    """Until the queue is empty."""
    peak = resident()
    while True:
        left = int(sql("select count(*) from igny8_jobs where queue = 'indexing'"))
        peak = max(peak, resident())
        if left == 0:
            return peak
        time.sleep(0.2)


def run(name):
    began = time.monotonic()
    sql(
        "insert into igny8_jobs (queue, task, state, payload, run_at) values ('indexing', 'check_indexing_status', 'pending',"
        " jsonb_build_object('due_at', to_char(igny8_now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')), igny8_now())"
    )
    peak = settle()
    seconds = time.monotonic() - began
    print(f"    {name}: {seconds:.1f} s, {peak:.1f} MB", file=sys.stderr)
    return seconds, peak


token = call(
    "auth/login/", {"email": os.environ["IGNY8_STAFF_EMAIL"], "password": os.environ["IGNY8_STAFF_PASSWORD"]}
)["access"]
call("linker/indexing/keys/", {"service": "speedyindex", "api_key": "key-of-the-bench-1"}, token)
settle()
due = int(sql("select count(*) from igny8_backlink_indexing_requests where next_check_at <= igny8_now()"))
requests = int(sql("select count(*) from igny8_backlink_indexing_requests"))
start = resident()
first, peak = run("what is due")
left = int(sql("select count(*) from igny8_backlink_indexing_requests where next_check_at <= igny8_now() or report_id is not null"))
states = dict(
    line.split("|")
    for line in sql(
        "select status, count(*) from igny8_backlink_indexing_requests where last_check_at >= igny8_now() - interval '1 hour'"
        " group by 1"
    ).splitlines()
)
sql("vacuum igny8_backlink_indexing_requests")
second, _ = run("nothing due")
dead = int(sql("select count(*) from igny8_dead_jobs"))
plan = sql(
    "set role igny8_service; select set_config('igny8.scope', 'system', false); explain (costs off) select id from"
    " igny8_backlink_indexing_requests where next_check_at is not null and next_check_at <= igny8_now()"
    " order by next_check_at, id limit 10000"
)
miscounted = int(
    sql(
        "select count(*) from igny8_backlink_service_orders o where links_indexed <> (select count(*) from"
        " igny8_sag_backlinks l where l.order_id = o.id and l.status = 'live' and l.is_indexed)"
    )
)
result = {
    "requests": requests,
    "due": due,
    "seconds": round(first, 1),
    "target": options.target,
    "seconds_nothing_due": round(second, 1),
    "index_only": "Index Only Scan" in plan,
    "memory_mb": {"start": round(start, 1), "peak": round(peak, 1)},
    "became": {name: int(count) for name, count in states.items()},
    "left": left,
    "miscounted_orders": miscounted,
    "dead": dead,
}
result["passed"] = first < options.target and left == 0 and dead == 0 and miscounted == 0 and result["index_only"]
if options.json:
    json.dump({"indexing": result}, sys.stdout, indent=2)
    print()
else:
    print(f"daily run               {first:8.1f} s   (target {options.target:.0f}) {due} due of {requests}")
    print(f"where nothing is due    {second:8.1f} s   index only: {result['index_only']}")
    print(f"worker's memory         {peak:8.1f} MB at most, {start:.1f} before")
    print(f"became                  {result['became']}")
sys.exit(0 if result["passed"] else 1)
