"""Measures how fast the worker verifies: has all links looked at, counts the checks as they come, watches its memory."""

import argparse
import json
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--json", action="store_true")
parser.add_argument("--psql", default="psql")
parser.add_argument("--superuser", required=True)
parser.add_argument("--pid", type=int, required=True, help="of the worker")
parser.add_argument("--links", type=int, required=True)
parser.add_argument("--target", type=float, default=500)
options = parser.parse_args()


def sql(statement):
    done = subprocess.run(
        [options.psql, "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", options.superuser, "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def resident():
    """Megabytes of the worker."""
    with open(f"/proc/{options.pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def cpu():
    with open(f"/proc/{options.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


sql(
    "insert into igny8_jobs (queue, task, state, payload, run_at) values ('backlink-orders', 'check_dead_links', 'pending',"
    " jsonb_build_object('due_at', to_char((igny8_now() + interval '7 days') at time zone 'UTC',"
    " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')), igny8_now())"
)
began, used = time.monotonic(), None
samples = []
while True:
    time.sleep(2)
    count = int(sql("select count(*) from igny8_backlink_checks"))
    now = time.monotonic() - began
    samples.append((now, count, resident()))
    if used is None and count > 0:
        used = (now, count, cpu())
    print(f"    {now:5.0f} s  {count:7d} verified  {samples[-1][2]:6.1f} MB", file=sys.stderr)
    if count >= options.links:
        break
    if len(samples) > 30 and samples[-30][1] == count:
        sys.exit("nothing has been verified for a minute")

# From the first tenth, when connections and robots.txt are there, to the last sample before the end.
steady = [sample for sample in samples if options.links * 0.1 <= sample[1] < options.links] or samples
(t0, c0, _), (t1, c1, _) = steady[0], steady[-1]
rate = (c1 - c0) / (t1 - t0) if t1 > t0 else samples[-1][1] / samples[-1][0]
half = len(steady) // 2
early = max(memory for _, _, memory in steady[: half or 1])
late = max(memory for _, _, memory in steady[half:])
verdicts = dict(
    line.split("|") for line in sql("select verdict, count(*) from igny8_backlink_checks group by 1").splitlines()
)
result = {
    "verifications_per_second": round(rate, 1),
    "target": options.target,
    "links": options.links,
    "seconds": round(samples[-1][0], 1),
    "worker_cpu_ms_each": round((cpu() - used[2]) / max(samples[-1][1] - used[1], 1) * 1000, 2),
    "memory_mb": {"first_half": round(early, 1), "second_half": round(late, 1)},
    "verdicts": {name: int(count) for name, count in verdicts.items()},
    "passed": rate >= options.target and late <= early * 1.1 + 5,
}
if options.json:
    json.dump({"verification": result}, sys.stdout, indent=2)
    print()
else:
    print(f"verifications a second  {rate:8.1f}   (target {options.target:.0f})")
    print(f"worker's CPU for each   {result['worker_cpu_ms_each']:8.2f} ms")
    print(f"worker's memory         {early:8.1f} MB in the first half, {late:.1f} MB in the second")
    print(f"verdicts                {result['verdicts']}")
sys.exit(0 if result["passed"] else 1)
