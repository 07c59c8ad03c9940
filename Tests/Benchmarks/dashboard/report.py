"""Holds the two sizes against each other and against the goal."""

import json
import sys

GOAL = {"p95_ms": 100, "ratio": 2}


def main():
    small, large = (json.load(open(path, encoding="utf-8")) for path in sys.argv[-2:])
    result = {"small": small, "large": large, "ratio": {}}
    missed = []
    for name, one in large["endpoints"].items():
        result["ratio"][name] = {}
        for kind in ("quiet", "written"):
            p95 = one[kind]["p95_ms"]
            ratio = round(p95 / small["endpoints"][name][kind]["p95_ms"], 2)
            result["ratio"][name][kind] = ratio
            if p95 >= GOAL["p95_ms"] or ratio > GOAL["ratio"]:
                missed.append(f"{name} ({kind})")
    if "--json" in sys.argv:
        print(json.dumps(result))
        return
    columns = f"{'endpoint':<12}{'':<9}" + "".join(f"{f'{size} clients':>22}" for size in (small["clients"], large["clients"]))
    print(columns + f"{'ratio':>8}")
    print(f"{'':<21}" + f"{'p50 ms':>11}{'p95 ms':>11}" * 2 + f"{'p95':>8}")
    for name, one in large["endpoints"].items():
        for kind in ("quiet", "written"):
            cells = "".join(
                f"{size['endpoints'][name][kind][figure]:>11.2f}" for size in (small, large) for figure in ("p50_ms", "p95_ms")
            )
            print(f"{name:<12}{kind:<9}{cells}{result['ratio'][name][kind]:>8.2f}")
    print("written: while 200 commits a second leave no answer remembered")
    for size in (small, large):
        one = size["posting"]
        print(
            f"booking at {size['clients']} clients: {one['with']:.0f} entries a second with the totals, "
            f"{one['without']:.0f} without ({one['cost']:.2f} times the time)"
        )
    print(f"goal: p95 under {GOAL['p95_ms']} ms and within {GOAL['ratio']} times: " + ("missed by " + ", ".join(missed) if missed else "reached"))


if __name__ == "__main__":
    main()
