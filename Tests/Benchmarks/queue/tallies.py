"""Reads what the worker processes count: one mapped file each, laid out as in Driver/Tally.swift."""

import array
import pathlib
import struct
import sys
import tempfile
import time


class Tallies:
    """The folder of one run's files."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="bench-queue-", dir="/dev/shm")
        self.path = f"{self.folder.name}/tally"
        # Ours only: when the producer committed, and the latencies since then.
        self.commits = f"{self.folder.name}/commits"
        for path in (self.path, self.commits + ".latency"):
            pathlib.Path(path).mkdir()

    def counts(self):
        counts = []
        for file in pathlib.Path(self.path).iterdir():
            with open(file, "rb") as opened:
                head = opened.read(8)
            counts.append(struct.unpack("=Q", head)[0] if len(head) == 8 else 0)
        return counts

    def wait(self, is_so, what, limit=600, check=lambda: None):
        """The counts as soon as `is_so(counts)`."""
        end = time.monotonic() + limit
        while True:
            counts = self.counts()
            if is_so(counts):
                return counts
            if time.monotonic() > end:
                sys.exit(f"{what}: still {counts} after {limit} s")
            check()
            time.sleep(0.003)

    def latencies_ms(self, path=None):
        """All of them, sorted."""
        samples = array.array("I")
        for file in pathlib.Path(path or self.path).iterdir():
            with open(file, "rb") as opened:
                _, count = struct.unpack("=QQ", opened.read(16))
                samples.frombytes(opened.read(4 * count))
        return sorted(one / 1000 for one in samples)

    def remove(self):
        self.folder.cleanup()
