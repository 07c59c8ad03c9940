"""What a report costs, beside what it costs the obvious way: a fresh Python process with WeasyPrint and matplotlib.

    python3 tests/measure.py [--reports N] [--peer N] [--json]

Both make the sample's nine sections with the same template, style sheets and eight charts. Processor time is all of it:
the warm process's own and its children's. {"runs": […], "ratio": {"cpu": ours/theirs}}
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import sample
from client import Renderer

TICKS = os.sysconf("SC_CLK_TCK")


def spent(process: int) -> float:
    """CPU seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / TICKS


def resident(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()


def ours(count: int) -> dict:
    view = sample.view()
    html, sheets, header = sample.report(view), sample.sheets("report"), sample.header(view)
    with Renderer() as renderer:
        pid = renderer.process.pid
        renderer.render(html, sheets, **header)
        before, began, memory = spent(pid), time.monotonic(), resident(pid)
        answers = [renderer.render(html, sheets, **header)[0] for _ in range(count)]
        wall, cpu = time.monotonic() - began, spent(pid) - before
        grown = resident(pid) - memory
    assert len({answer["sha256"] for answer in answers}) == 1
    return {
        "name": "warm renderer",
        "reports": count,
        "cpu_seconds": round(cpu / count, 4),
        "cpu_seconds_least": min(answer["cpu_seconds"] for answer in answers),
        "wall_seconds": round(statistics.median(answer["wall_seconds"] for answer in answers), 4),
        "reports_a_minute": round(60 * count / wall, 1),
        "peak_memory_bytes": max(answer["peak_memory_bytes"] for answer in answers),
        "warm_process_bytes": memory,
        "warm_process_grown_bytes": grown,
        "bytes": answers[0]["bytes"],
        "pages": answers[0]["pages"],
    }


def theirs(count: int) -> dict:
    costs, walls, peaks, size = [], [], [], 0
    for _ in range(count):
        began, before = time.monotonic(), os.times()
        process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("obvious.py"))], stdout=subprocess.PIPE)
        size = len(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        assert status == 0 and size > 10_000
        process.stdout.close()
        costs.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss * 1024)
        walls.append(time.monotonic() - began)
    return {
        "name": "fresh WeasyPrint with matplotlib",
        "reports": count,
        "cpu_seconds": round(statistics.mean(costs), 4),
        "cpu_seconds_least": round(min(costs), 4),
        "wall_seconds": round(statistics.median(walls), 4),
        "peak_memory_bytes": max(peaks),
        "bytes": size,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=20, help="reports by the warm renderer")
    parser.add_argument("--peer", type=int, default=4, help="reports the obvious way; 0 leaves it out")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    # In turns, so that whatever else the machine does falls on both.
    half = max(1, options.reports // 2)
    runs = [ours(half)]
    if options.peer:
        runs.append(theirs(options.peer))
    runs.append(ours(options.reports - half) if options.reports > half else runs[0])
    result = {"runs": runs}
    if options.peer:
        mine = statistics.mean(run["cpu_seconds"] for run in (runs[0], runs[-1]))
        result["ratio"] = {"cpu": round(mine / runs[1]["cpu_seconds"], 3)}
    if options.json:
        print(json.dumps(result))
        return
    for run in runs:
        print("  ".join(f"{key} {value}" for key, value in run.items()))
    if "ratio" in result:
        print(f"processor time, ours to theirs: {result['ratio']['cpu']}")


main()
