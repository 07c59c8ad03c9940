"""The systems that are held against each other: how each enqueues, and how its processes are started.

Each is set up as its own manual advises for small jobs, and where two ways were tried the faster one stands here.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
PEERS = HERE / "peers"
PROCESSES = 2  # one a core of the reference machine


class Peer:
    """A system whose jobs lie in Redis only."""

    durable = False

    def __init__(self, name, database, configuration, workers):
        self.name = name
        self.configuration = configuration
        self.workers = workers
        self.environment = os.environ | {
            "BENCH_REDIS_URL": redis_url(database),
            "PYTHONPATH": str(PEERS),
            "PYTHONUNBUFFERED": "1",
        }

    def producer(self, *arguments):
        if self.name == "sidekiq":
            return ["ruby", str(PEERS / "sidekiq_peer.rb"), *arguments]
        return [sys.executable, str(PEERS / "send.py"), self.name, *arguments]

    def fill(self, jobs):
        return self.producer("fill", str(jobs))

    def arrive(self, rate, seconds, tallies):
        return self.producer("arrive", str(rate), str(seconds))

    def worker_commands(self, tallies):
        return self.workers

    def verify(self, jobs):
        """Their own count is all there is: they keep nothing of a finished job."""


class Ours:
    """Jobs are rows of PostgreSQL; every acknowledgement counted here was committed."""

    name = "igny8"
    durable = True

    def __init__(self, driver, database, capacity, connections):
        self.driver = driver
        self.database = database
        self.capacity = capacity
        self.connections = connections
        self.environment = dict(os.environ)
        self.configuration = (
            f"{PROCESSES} processes, capacity {capacity}, {connections} pipelined connections each; "
            "acknowledgement committed durably (fsync, synchronous_commit on), claim asynchronously"
        )

    def fill(self, jobs):
        return [self.driver, "fill", "--jobs", str(jobs)]

    def arrive(self, rate, seconds, tallies):
        command = [self.driver, "arrive", "--rate", str(rate), "--seconds", str(seconds)]
        return [*command, "--commits", tallies.commits]

    def worker_commands(self, tallies):
        command = [self.driver, "work", "--tally", tallies.path, "--commits", tallies.commits]
        command += ["--capacity", str(self.capacity), "--connections", str(self.connections)]
        return [command] * PROCESSES

    def verify(self, jobs):
        """Each job once in history, none left: what the workers counted is what the books say."""
        once, left = self.database.query(
            "select (select count(distinct id) from igny8_job_history where outcome = 'completed'),"
            " (select count(*) from igny8_jobs)"
        )
        total = self.database.query("select count(*) from igny8_job_history")[0]
        if (once, total, left) != (str(jobs), str(jobs), "0"):
            sys.exit(f"igny8: of {jobs} jobs {once} are in history ({total} rows), {left} are left")


def redis_url(database):
    return os.environ["IGNY8_REDIS_URL"].rsplit("/", 1)[0] + f"/{database}"


def peers():
    python = pathlib.Path(sys.executable).parent
    celery = [str(python / "celery"), "-A", "celery_peer", "worker", "--pool", "solo", "-l", "error"]
    celery += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    dramatiq = [str(python / "dramatiq"), "dramatiq_peer", "--processes", str(PROCESSES), "--threads", "4"]
    sidekiq = ["sidekiq", "-r", str(PEERS / "sidekiq_peer.rb"), "-q", "bench", "-c", "10", "-e", "production"]
    return [
        Peer(
            "celery",
            1,
            f"{PROCESSES} processes (solo pool), acks_late, prefetch 128, results ignored, no events, gossip, mingle or heartbeat",
            [[*celery, "-n", f"bench{number}@%h"] for number in range(PROCESSES)],
        ),
        Peer(
            "dramatiq",
            2,
            f"{PROCESSES} processes of 4 threads, middleware AgeLimit, TimeLimit, ShutdownNotifications, Retries",
            [dramatiq],
        ),
        Peer(
            "rq",
            3,
            f"{PROCESSES} processes (SimpleWorker, no fork a job), result_ttl 0, enqueue_many of 1000",
            [[sys.executable, str(PEERS / "rq_peer.py")]] * PROCESSES,
        ),
        Peer(
            "sidekiq",
            4,
            f"{PROCESSES} processes of 10 threads, push_bulk of 1000",
            [sidekiq] * PROCESSES,
        ),
    ]
