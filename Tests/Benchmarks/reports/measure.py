"""What a report costs through the worker: from a row that waits to be rendered to the PDF in the store and the mail in the
outbox. And the renderer alone beside a fresh WeasyPrint process with matplotlib's charts, over the same nine sections on nine
pages, in one run; the worker's report has twelve pages, as many as the longest of the simulated clients has."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--json", action="store_true")
parser.add_argument("--psql", default="psql")
parser.add_argument("--superuser", required=True)
parser.add_argument("--pid", type=int, required=True, help="of the worker")
parser.add_argument("--peer", required=True, help="the renderer's tests/measure.py")
parser.add_argument("--peer-reports", type=int, default=6)
parser.add_argument("--peer-python", required=True)
options = parser.parse_args()
TICKS = os.sysconf("SC_CLK_TCK")


def sql(statement):
    command = [options.psql, "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", options.superuser, "-c", statement]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def tree():
    """The worker, its renderers, and the documents they are at."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = pathlib.Path(f"/proc/{entry}/stat").read_text().rsplit(") ", 1)[1].split()
            except OSError:
                continue
            parents[int(entry)] = (int(fields[1]), sum(map(int, fields[11:15])) / TICKS, int(fields[21]) * 4096)
    below = {options.pid}
    for _ in range(3):
        below |= {pid for pid, (parent, _, _) in parents.items() if parent in below}
    return {pid: parents[pid] for pid in below if pid in parents}


def cpu():
    return sum(seconds for _, seconds, _ in tree().values())


def resident(who):
    return sum(size for pid, (_, _, size) in who.items())


def warm():
    """The worker and its warm renderers, without documents."""
    return {pid: value for pid, value in tree().items() if pid == options.pid or value[0] == options.pid}


def release(count):
    """Lets that many reports be rendered, and waits until they are in the mail."""
    sql(
        "insert into igny8_jobs (queue, task, account_id, state, payload, run_at) "
        "select 'reporting', 'render_pdf', account_id, 'pending', jsonb_build_object('report_id', id), igny8_now() "
        f"from igny8_service_reports where status = 'rendering' order by id limit {count}"
    )
    peak = 0
    while int(sql("select count(*) from igny8_jobs where queue = 'reporting'")):
        peak = max(peak, resident(tree()))
        time.sleep(0.2)
    return peak


def alone(count):
    """Processor time a report when one is made after another, as the peer is measured: two at once share a core's parts."""
    before = cpu()
    for _ in range(count):
        release(1)
    return (cpu() - before) / count


reports = int(sql("select count(*) from igny8_service_reports where status = 'rendering'"))
first = min(20, reports // 5)
release(first)
single = min(30, reports // 5)
by_itself = alone(single)
at_first = resident(warm())
spent, began = cpu(), time.monotonic()
done = reports - first - single
peak = release(done)
wall, spent = time.monotonic() - began, cpu() - spent
failed = sql("select count(*) from igny8_service_reports where status <> 'sent'")
assert failed == "0", f"{failed} reports were not sent"
size, pages, most = sql(
    "select percentile_cont(0.5) within group (order by pdf_bytes), max(pdf_pages), max(pdf_bytes) from igny8_service_reports"
).split("|")
ours = {
    "name": "the worker's path, the longer report",
    "reports": done,
    "cpu_seconds": round(by_itself, 4),
    "cpu_seconds_both_cores": round(spent / done, 4),
    "wall_seconds": round(wall / done, 4),
    "reports_a_minute": round(60 * done / wall, 1),
    "peak_memory_bytes": peak,
    "warm_memory_bytes": at_first,
    "warm_memory_grown_bytes": resident(warm()) - at_first,
    "bytes": int(float(size)),
    "bytes_most": int(most),
    "pages": int(pages),
}
print(f"    ours: {ours}", file=sys.stderr)
command = [options.peer_python, options.peer, "--reports", "20", "--peer", str(options.peer_reports), "--json"]
same, theirs, *_ = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)["runs"]
result = {
    "runs": [same, theirs, ours],
    "ratio": {
        "cpu": round(same["cpu_seconds"] / theirs["cpu_seconds"], 3),
        "cpu_of_the_workers_longer_report": round(ours["cpu_seconds"] / theirs["cpu_seconds"], 3),
    },
    "targets": {
        "cpu_ratio_at_most_a_third": ours["cpu_seconds"] * 3 <= theirs["cpu_seconds"],
        "cpu_seconds_at_most_0.5": same["cpu_seconds_least"] <= 0.5,
        "bytes_at_most_150_kb": max(int(most), same["bytes"]) <= 150_000,
    },
}
if options.json:
    print(json.dumps(result))
else:
    for run in result["runs"]:
        print("  ".join(f"{key} {value}" for key, value in run.items()))
    print(f"processor time, ours to theirs: {result['ratio']['cpu']}   {result['targets']}")
