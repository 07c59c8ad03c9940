"""CPU time by process tree, from /proc: a figure that a busy neighbour does not blur as it does wall time."""

import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """Parent, own and waited-for children's seconds of a process; None when it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except OSError:
        return None
    return int(fields[1]), sum(int(field) for field in fields[11:15]) / TICKS


def seconds(roots):
    """What the processes `roots` and everything below them have used so far, in seconds."""
    stats = {int(pid): _stat(pid) for pid in os.listdir("/proc") if pid.isdigit()}
    below = set(roots)
    for _ in range(4):
        below |= {pid for pid, stat in stats.items() if stat and stat[0] in below}
    return sum(stats[pid][1] for pid in below if stats.get(pid))
