"""Measures queues side by side: enqueue, burn-down, and the latency of picking up at 70 % of each one's own maximum.

Burn-down: all jobs wait before the first worker starts; counted are completions, from the moment at which every worker
process has completed one until the last is complete. Latency: jobs arrive by the clock, whether or not the workers keep
up, and the latency is the handler's start minus the moment at which the job was due; for ours, whose producer commits to
disk first, also minus the moment of that commit. The producer shares the machine,
so the maximum that 70 % is taken of is the lesser of the burn-down and of what is completed while jobs arrive faster.
"""

import argparse
import os
import subprocess
import sys
import time

import report
from crew import Crew
from servers import Database, Redis, Servers
from systems import PROCESSES, Ours, peers

LOAD = 0.7


def run(system, command):
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=system.environment)
    return float(out.stdout.split()[-1])


def all_begun(counts):
    return len([count for count in counts if count > 0]) == PROCESSES


def burn_down(system, jobs, servers):
    enqueued = run(system, system.fill(jobs))
    crew = Crew(system)
    begun = crew.wait(lambda counts: all_begun(counts) or sum(counts) == jobs)
    first, before = time.monotonic(), servers.used(crew)
    if sum(begun) > jobs // 2:
        sys.exit(f"{system.name}: {sum(begun)} of {jobs} jobs were done before all processes had begun; take more --jobs")
    crew.wait(lambda counts: sum(counts) >= jobs)
    seconds = time.monotonic() - first
    after = servers.used(crew)
    crew.stop()
    system.verify(jobs)
    done = jobs - sum(begun)
    spent = {f"cpu_us_{name}": (after[name] - before[name]) * 1e6 / done for name in after}
    return {"enqueue_per_s": enqueued, "jobs_per_s": done / seconds} | spent


def warm(system, crew):
    """Until every process has done something."""
    sent = 0
    while not all_begun(crew.tallies.counts()):
        run(system, system.fill(200))
        sent += 200
        crew.wait(lambda counts: sum(counts) >= sent)
    return sent


def arrivals(system, crew, done, rate, seconds):
    """Jobs that arrive; gives how many, and completions a second while they did."""
    began = time.monotonic()
    producer = subprocess.Popen(
        system.arrive(rate, seconds, crew.tallies), stdout=subprocess.PIPE, text=True, env=system.environment
    )
    crew.wait(lambda counts: sum(counts) > done)
    first, before = time.monotonic(), sum(crew.tallies.counts())
    while producer.poll() is None and time.monotonic() < began + 3 * seconds + 10:
        time.sleep(0.01)
        if time.monotonic() - first >= seconds - 0.1:
            break
    rate_done = (sum(crew.tallies.counts()) - before) / (time.monotonic() - first)
    out, _ = producer.communicate()
    sent = int(float(out.split()[-1]))
    crew.wait(lambda counts: sum(counts) >= done + sent)
    return sent, rate_done


def latency(system, most, seconds):
    crew = Crew(system)
    done = warm(system, crew)
    _, sustained = arrivals(system, crew, done, most, seconds)
    crew.stop()
    crew = Crew(system)
    done = warm(system, crew)
    rate = LOAD * min(most, sustained)
    arrivals(system, crew, done, rate, seconds)
    samples = crew.tallies.latencies_ms()
    since_commit = crew.tallies.latencies_ms(crew.tallies.commits + ".latency")
    crew.stop()
    found = {"sustained_per_s": sustained, "load_per_s": rate}
    found |= {"p50_ms": percentile(samples, 50), "p99_ms": percentile(samples, 99)}
    if since_commit:
        found |= {"since_commit_p50_ms": percentile(since_commit, 50), "since_commit_p99_ms": percentile(since_commit, 99)}
    return found


def percentile(samples, percent):
    return samples[min(len(samples) * percent // 100, len(samples) - 1)]


def ceiling(ours, jobs, batch, servers):
    connections = str(PROCESSES * ours.connections)
    before = servers.used()
    command = [ours.driver, "ceiling", "--jobs", str(jobs), "--batch", str(batch), "--connections", connections]
    rate = run(ours, command)
    after = servers.used()
    ours.verify(jobs)
    return {"jobs_per_s": rate, "cpu_us_postgres": (after["postgres"] - before["postgres"]) * 1e6 / jobs}


def progress(name, figures):
    text = ", ".join(f"{key} {value:.1f}" for key, value in figures.items())
    print(f"    {name}: {text}", file=sys.stderr, flush=True)


def configurations(systems, batch, connections):
    found = {system.name: system.configuration for system in systems}
    found["ceiling"] = f"the bare claim and completion of {batch} jobs, {connections} connections, no worker around them"
    return found


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", required=True, help="the program igny8-bench-queue")
    parser.add_argument("--psql", default="psql")
    parser.add_argument("--superuser", required=True, help="URL of PostgreSQL's superuser")
    parser.add_argument("--jobs", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--capacity", type=int, default=2048)
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--batch", type=int, default=1000, help="of the ceiling; the workers' own batches end there too")
    parser.add_argument("--only", default="", help="some of igny8,ceiling,celery,dramatiq,rq,sidekiq")
    parser.add_argument("--no-latency", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    database = Database(arguments.psql, arguments.superuser)
    servers = Servers(database, Redis(os.environ["IGNY8_REDIS_URL"]))
    ours = Ours(arguments.driver, database, arguments.capacity, arguments.connections)
    systems = [ours, *peers()]
    names = ["igny8", "ceiling", *(system.name for system in systems[1:])]
    figures = {name: [] for name in (arguments.only.split(",") if arguments.only else names)}
    for _ in range(arguments.rounds):
        if "ceiling" in figures:
            servers.empty()
            figures["ceiling"].append(ceiling(ours, arguments.jobs, arguments.batch, servers))
            progress("ceiling", figures["ceiling"][-1])
        for system in systems:
            if system.name not in figures:
                continue
            servers.empty()
            one = burn_down(system, arguments.jobs, servers)
            if not arguments.no_latency:
                servers.empty()
                one |= latency(system, one["jobs_per_s"], arguments.seconds)
            figures[system.name].append(one)
            progress(system.name, one)
    texts = configurations(systems, arguments.batch, PROCESSES * arguments.connections)
    texts = {name: texts[name] for name in figures}
    print(report.as_json(figures, texts) if arguments.json else report.as_table(figures, texts))


if __name__ == "__main__":
    main()
