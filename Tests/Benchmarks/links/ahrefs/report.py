"""What `deploy/bench ahrefs` prints: each run beside the same week without a plan of calls."""

import json
import sys

as_json = "--json" in sys.argv
runs = {}
for name in [argument for argument in sys.argv[1:] if not argument.startswith("--")]:
    with open(name, encoding="utf-8") as file:
        runs[name.rsplit("/", 1)[-1].removesuffix(".json")] = json.load(file)

if as_json:
    print(json.dumps(runs))
    sys.exit()

print(f"{'keys':>5} {'domains':>8} {'requests':>9} {'naive':>8} {'units':>9} {'naive':>10} {'seconds':>8} {'naive':>8}  busiest minute, refused, dead")
for run in runs.values():
    print(
        f"{run['accounts']:>5} {run['domains']:>8} {run['requests']:>9} {run['naive_requests']:>8} {run['units']:>9}"
        f" {run['naive_units']:>10} {run['seconds']:>8.1f} {run['naive_seconds']:>8.0f}"
        f"  {run['busiest_minute']}, {run['refused']}, {run['dead']}"
    )
