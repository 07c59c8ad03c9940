"""send.py PEER fill JOBS | send.py PEER arrive RATE SECONDS: enqueues, and prints jobs a second or how many."""

import importlib
import sys
import time

LARGEST = 1000


def fill(send, jobs):
    began = time.monotonic()
    for first in range(0, jobs, LARGEST):
        send([0] * min(LARGEST, jobs - first))
    print(jobs / (time.monotonic() - began))


def arrive(send, rate, seconds):
    """By the clock: the moments are fixed beforehand, and what is due goes at once."""
    total = int(rate * seconds)
    start = time.monotonic_ns() + 50_000_000
    moments = [start + int(number * 1e9 / rate) for number in range(total)]
    sent = 0
    while sent < total:
        now = time.monotonic_ns()
        following = sent
        while following < total and following - sent < LARGEST and moments[following] <= now:
            following += 1
        if following == sent:
            time.sleep(max(moments[sent] - now, 100_000) / 1e9)
            continue
        send(moments[sent:following])
        sent = following
    print(sent)


def main():
    peer, mode, *numbers = sys.argv[1:]
    send = importlib.import_module(f"{peer}_peer").sender()
    if mode == "fill":
        fill(send, int(numbers[0]))
    else:
        arrive(send, float(numbers[0]), float(numbers[1]))


if __name__ == "__main__":
    main()
