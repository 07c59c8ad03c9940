"""Dramatiq over Redis, without the middleware that a no-op does not need."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, Retries, ShutdownNotifications, TimeLimit

from tally import TALLY

# No Prometheus, no callbacks, no pipelines: what remains is its own protection of a job.
broker = RedisBroker(
    url=os.environ["BENCH_REDIS_URL"], middleware=[AgeLimit(), TimeLimit(), ShutdownNotifications(), Retries()]
)
dramatiq.set_broker(broker)


@dramatiq.actor(actor_name="noop", queue_name="bench")
def noop(due):
    TALLY.noop(due)


def sender():
    def send(moments):
        for due in moments:
            noop.send(due)

    return send
