"""What measure.py prints: a table for people, one object for programs."""

import json
import os
import statistics

TARGETS = {"celery": 20, "dramatiq": 5, "sidekiq": 3, "ceiling": 0.6}
P99_MS = 10


def median(rounds):
    return {key: round(statistics.median(one[key] for one in rounds), 2) for key in rounds[0]}


def ratios(figures):
    """Ours divided by each other's, round by round; the median counts."""
    ours = figures.get("igny8", [])
    return {
        name: statistics.median(mine["jobs_per_s"] / theirs["jobs_per_s"] for mine, theirs in zip(ours, rounds))
        for name, rounds in figures.items()
        if ours and name != "igny8"
    }


def as_json(figures, configurations):
    runs = [
        {"system": name, "configuration": configurations[name], "durable": name in ("igny8", "ceiling")}
        | {"p50_ms": None, "p99_ms": None}
        | median(rounds)
        for name, rounds in figures.items()
    ]
    return json.dumps({"runs": runs, "ratio": {name: round(ratio, 3) for name, ratio in ratios(figures).items()}})


def _line(name, rounds, ratio):
    one = median(rounds)
    rates = [each["jobs_per_s"] for each in rounds]
    cells = [f"{name:<9}", f"{one['enqueue_per_s']:>11.0f}" if "enqueue_per_s" in one else " " * 11]
    cells += [f"{rate:>9.0f}" for rate in (one["jobs_per_s"], min(rates), max(rates))]
    cells.append(f"{ratio:>7.2f} x" if ratio else " " * 9)
    if "p50_ms" in one:
        cells.append(f"{one['load_per_s']:>9.0f}{one['p50_ms']:>9.2f}{one['p99_ms']:>9.2f}")
    else:
        cells.append(" " * 27)
    spent = [f"{key.removeprefix('cpu_us_')} {value:.0f}" for key, value in one.items() if key.startswith("cpu_us_")]
    return "".join([*cells, "  ", ", ".join(spent)])


def as_table(figures, configurations):
    found = ratios(figures)
    lines = [f"{os.cpu_count()} CPUs; medians of the rounds", ""]
    lines += [f"{name:<9} {text}" for name, text in configurations.items()]
    lines += [
        "",
        f"{'system':<9}{'enqueue/s':>11}{'jobs/s':>9}{'min':>9}{'max':>9}{'ours is':>9}"
        f"{'load/s':>9}{'p50 ms':>9}{'p99 ms':>9}  CPU us a job",
    ]
    lines += [_line(name, rounds, found.get(name)) for name, rounds in figures.items()]
    for name, rounds in figures.items():
        if "since_commit_p50_ms" in (one := median(rounds)):
            lines.append(
                f"{name:<9}since the producer's commit: p50 {one['since_commit_p50_ms']} ms, "
                f"p99 {one['since_commit_p99_ms']} ms"
            )
    lines.append("")
    for name in TARGETS.keys() & found.keys():
        word = "reached" if found[name] >= TARGETS[name] else "missed"
        lines.append(f"{word}: {TARGETS[name]} x {name}: {found[name]:.2f}")
    if "p99_ms" in (ours := median(figures["igny8"]) if "igny8" in figures else {}):
        word = "reached" if ours["p99_ms"] < P99_MS else "missed"
        lines.append(f"{word}: p99 of picking up under {P99_MS} ms: {ours['p99_ms']:.2f}")
    return "\n".join(lines)
