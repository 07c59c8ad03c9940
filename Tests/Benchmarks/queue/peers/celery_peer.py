"""Celery 5 over Redis, acks_late, results ignored."""

import os

from celery import Celery

from tally import TALLY

app = Celery("celery_peer", broker=os.environ["BENCH_REDIS_URL"])
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    worker_prefetch_multiplier=128,
    worker_disable_rate_limits=True,
    worker_send_task_events=False,
    task_send_sent_event=False,
    task_serializer="json",
    accept_content=["json"],
    task_compression=None,
    broker_connection_retry_on_startup=True,
    broker_pool_limit=4,
)


@app.task(name="noop")
def noop(due):
    TALLY.noop(due)


def sender():
    """Enqueues one job for each moment, over one connection that is kept."""
    producer = app.producer_pool.acquire()

    def send(moments):
        for due in moments:
            noop.apply_async((due,), producer=producer)

    return send
