"""What one process has done, in a file that measure.py maps; the layout is that of Driver/Tally.swift."""

import mmap
import os
import struct
import threading
import time

SIZE = 16 + 4 * 2_000_000


class Tally:
    """Made at the first job, so that a process that was forked writes a file of its own."""

    def __init__(self):
        self.lock = threading.Lock()
        self.pid = None

    def _open(self):
        self.pid = os.getpid()
        self.completions = self.samples = 0
        path = os.path.join(os.environ["BENCH_TALLY"], str(self.pid))
        with open(path, "w+b") as file:
            file.truncate(SIZE)
            self.memory = mmap.mmap(file.fileno(), SIZE)

    def noop(self, due):
        """The job: notes how late it began when it was due at a moment, and counts itself."""
        now = time.monotonic_ns() if due else 0
        with self.lock:
            if self.pid != os.getpid():
                self._open()
            if due:
                struct.pack_into("=I", self.memory, 16 + 4 * self.samples, max(0, (now - due) // 1000))
                self.samples += 1
                struct.pack_into("=Q", self.memory, 8, self.samples)
            self.completions += 1
            struct.pack_into("=Q", self.memory, 0, self.completions)


TALLY = Tally()
