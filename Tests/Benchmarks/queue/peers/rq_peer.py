"""RQ: jobs in batches by enqueue_many, run without a fork each (SimpleWorker), results not kept."""

import os

from redis import Redis
from rq import Queue, SimpleWorker

from tally import TALLY


def noop(due):
    TALLY.noop(due)


def queue():
    return Queue("bench", connection=Redis.from_url(os.environ["BENCH_REDIS_URL"]))


def sender():
    bench = queue()

    def send(moments):
        bench.enqueue_many([Queue.prepare_data("rq_peer.noop", (due,), result_ttl=0) for due in moments])

    return send


if __name__ == "__main__":
    bench = queue()
    SimpleWorker([bench], connection=bench.connection).work(logging_level="WARNING")
