"""The worker processes of one system."""

import os
import signal
import subprocess
import sys

from tallies import Tallies


class Crew:
    """The worker processes of one system, with their tallies."""

    def __init__(self, system):
        self.tallies = Tallies()
        environment = system.environment | {"BENCH_TALLY": self.tallies.path}
        self.name = system.name
        self.processes = [
            subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=sys.stderr, start_new_session=True
            )
            for command in system.worker_commands(self.tallies)
        ]

    def check(self):
        for process in self.processes:
            if process.poll() is not None:
                sys.exit(f"{self.name}: a worker ended with {process.returncode}")

    def pids(self):
        return [process.pid for process in self.processes]

    def wait(self, is_so):
        return self.tallies.wait(is_so, self.name, check=self.check)

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.tallies.remove()
