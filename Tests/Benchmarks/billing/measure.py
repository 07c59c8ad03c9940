"""One 1st of the month: moves the clock, waits until all is paid, and tells what it took.

`run` measures and writes work/NAME-figures.json; `report` prints what two such files say. Moments are PostgreSQL's own,
from the history of the jobs: the run's job began → the last collect_payment was booked.
"""

import argparse
import json
import os
import pathlib
import subprocess
import time
import urllib.request

PSQL = "/usr/lib/postgresql/15/bin/psql"
TICKS = os.sysconf("SC_CLK_TCK")
TARGET = 200


def cpu(pid):
    """Seconds of one process; what it has waited for is not in it."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:13]) / TICKS


def children(pid):
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


class Database:
    def __init__(self, port):
        self.command = [PSQL, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"]
        self.command += ["-p", str(port), "-U", "postgres", "-d", "igny8", "-c"]

    def rows(self, sql):
        out = subprocess.run([*self.command, sql], check=True, capture_output=True, text=True).stdout
        return [line.split("\t") for line in out.splitlines()]

    def one(self, sql):
        return float(self.rows(sql)[0][0] or 0)


def backends(database, arguments):
    """CPU of PostgreSQL's processes, by whom they work for: the sandbox connects as the owner too, the worker does not."""
    whose = {}
    for pid, name, port in database.rows(
        "select pid, coalesce(usename, ''), coalesce(client_port, 0) from pg_stat_activity where pid <> pg_backend_pid()"
    ):
        whose[pid] = "sandbox" if port in ports_of(arguments.sandbox) else ("worker" if name == "igny8_service" else "own")
    used = {"worker": 0.0, "sandbox": 0.0, "own": cpu(arguments.postgres)}
    for pid in children(arguments.postgres):
        used[whose.get(pid, "own")] += cpu(pid)
    return used


def ports_of(pid):
    """The local TCP ports that a process holds."""
    sockets = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(entry.path)
        except OSError:
            continue
        if target.startswith("socket:["):
            sockets.add(target[8:-1])
    ports = set()
    for line in pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[9] in sockets:
            ports.add(str(int(fields[1].rsplit(":", 1)[1], 16)))
    return ports


def used(database, arguments):
    seconds = {f"postgres for {name}": value for name, value in backends(database, arguments).items()}
    for name in ("worker", "sandbox", "gateway", "redis"):
        seconds[name] = cpu(getattr(arguments, name))
    return seconds


def run(arguments):
    database = Database(arguments.port)
    wait_for(database, "select count(*) from igny8_schedules where next_at is not null", at_least=1)
    database.rows("select pg_stat_statements_reset()")
    before = used(database, arguments)
    order = urllib.request.Request(arguments.clock, b'{"advance_to": "2026-12-01T00:00:00Z"}', method="POST")
    urllib.request.urlopen(order).read()
    paid = "select count(*) from igny8_invoices where status = 'paid'"
    wait_for(database, paid, at_least=arguments.subscriptions)
    at_paid = used(database, arguments)
    statements = top(database)
    ours = database.one(
        "select sum(calls) from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = 'igny8_service'"
    )
    transactions = database.one(
        """select sum(calls) from pg_stat_statements s join pg_roles r on r.oid = s.userid
        where r.rolname = 'igny8_service' and lower(query) = 'commit'"""
    )
    mails = "select count(*) from igny8_emails where status = 'sent'"
    wait_for(database, mails, at_least=arguments.subscriptions)
    began, issued, last, mailed = database.rows(
        """select extract(epoch from run.started_at), extract(epoch from run.finished_at - run.started_at),
            extract(epoch from max(j.finished_at) filter (where j.task = 'collect_payment') - run.started_at),
            extract(epoch from max(j.finished_at) filter (where j.task = 'send_email') - run.started_at)
        from igny8_job_history j, (select started_at, finished_at from igny8_job_history
            where task = 'process_managed_billing' order by finished_at desc limit 1) run group by 1, 2, run.started_at"""
    )[0]
    attempt = database.rows(
        """select avg(extract(epoch from job.finished_at - payment.sent_at)) * 1000,
            percentile_cont(0.99) within group (order by extract(epoch from job.finished_at - payment.sent_at)) * 1000
        from igny8_payments payment join igny8_job_history job
            on job.task = 'collect_payment' and job.unique_key = 'invoice:' || payment.invoice_id"""
    )[0]
    figures = {
        "subscriptions": arguments.subscriptions,
        "seconds": float(last),
        "subscriptions_per_s": arguments.subscriptions / float(last),
        "issue_seconds": float(issued),
        "mailed_seconds": float(mailed),
        "statements_per_subscription": ours / arguments.subscriptions,
        "transactions_per_subscription": transactions / arguments.subscriptions,
        "attempt_ms": {"mean": float(attempt[0]), "p99": float(attempt[1])},
        "cpu_ms_per_subscription": {
            name: (at_paid[name] - before[name]) * 1000 / arguments.subscriptions for name in before
        },
        "statements": statements,
        "checks": checks(database, arguments),
    }
    pathlib.Path(arguments.work, f"{arguments.name}-figures.json").write_text(json.dumps(figures))


def wait_for(database, count, at_least):
    until = time.monotonic() + 1_200
    failed = "select count(*) from igny8_jobs where task = 'process_managed_billing' and errors <> '[]'"
    while database.one(count) < at_least:
        if time.monotonic() > until or database.one(failed):
            why = database.rows("select task, errors from igny8_jobs where errors <> '[]' limit 1")
            raise SystemExit(f"{count} gives {database.one(count)} of {at_least}. {why}")
        time.sleep(0.5)


def top(database):
    """The worker's statements by the time they took in PostgreSQL, waits for locks and commits included."""
    return [
        {"ms": float(ms), "calls": int(calls), "query": query}
        for ms, calls, query in database.rows(
            r"""select round(total_exec_time::numeric, 1), calls, left(regexp_replace(query, '\s+', ' ', 'g'), 110)
            from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = 'igny8_service'
            order by total_exec_time desc limit 25"""
        )
    ]


def checks(database, arguments):
    """What must be so when all is paid; the ledger is checked by `igny8 ledger check` beside this."""
    wrong = {
        "subscriptions without exactly one invoice of December": """select count(*) from
            igny8_managed_service_subscriptions s where (select count(*) from igny8_invoices i
            where i.subscription_id = s.id and i.period_start = '2026-12-01' and i.period_end = '2027-01-01') <> 1""",
        "numbers that are missing or given twice": """select max(issue_number) - count(*) + count(*) - count(distinct issue_number)
            from igny8_invoices where issue_year = 2026""",
        "counter that is not the last number": """select count(*) from igny8_document_counters
            where series = 'invoice' and last_number <> (select max(issue_number) from igny8_invoices)""",
        "invoices without exactly one payment that succeeded": """select count(*) from igny8_invoices i
            where (select count(*) from igny8_payments p where p.invoice_id = i.id and p.status = 'succeeded'
                and p.amount = i.total) <> 1""",
        "payments beyond one an invoice": "select count(*) - count(distinct invoice_id) from igny8_payments",
        "invoices without an entry of their issue and one of their payment": """select count(*) from igny8_invoices i
            where (select count(*) from igny8_ledger_entries e where e.invoice_id = i.id) <> 2""",
        "invoices without exactly one receipt": """select count(*) from igny8_payments p
            where (select count(*) from igny8_emails m where m.unique_key = 'receipt:' || p.idempotency_key) <> 1""",
        "dead jobs": "select count(*) from igny8_dead_jobs",
    }
    if arguments.name == "sandbox":
        wrong["charges at the sandbox beyond one an invoice"] = f"""select abs(count(*) - {arguments.subscriptions})
            from sandbox.stripe_objects where kind = 'charge' and status = 'succeeded'"""
    found = {what: int(database.one(sql)) for what, sql in wrong.items()}
    if arguments.name == "instant":
        tally = json.load(urllib.request.urlopen(arguments.instant))
        found["charges beyond one an invoice"] = abs(tally["charges"] - arguments.subscriptions) + tally["charged_twice"]
    failed = {what: count for what, count in found.items() if count}
    if failed:
        raise SystemExit(f"Not right: {failed}")
    return sorted(found)


def report(arguments):
    figures = {
        name: json.loads(pathlib.Path(arguments.work, f"{name}-figures.json").read_text()) for name in ("sandbox", "instant")
    }
    if arguments.json:
        print(json.dumps(figures | {"target": TARGET}))
        return
    print(f"{os.cpu_count()} CPUs, {arguments.subscriptions} subscriptions; from the run's job to the last invoice paid\n")
    print(f"{'gateway':<10}{'subs/s':>8}{'seconds':>9}{'issued in':>11}{'mailed in':>11}{'statements':>12}{'commits':>9}{'attempt ms':>12}{'p99':>8}")
    for name, one in figures.items():
        print(
            f"{name:<10}{one['subscriptions_per_s']:>8.0f}{one['seconds']:>9.1f}{one['issue_seconds']:>11.1f}"
            f"{one['mailed_seconds']:>11.1f}{one['statements_per_subscription']:>12.1f}"
            f"{one['transactions_per_subscription']:>9.2f}{one['attempt_ms']['mean']:>12.0f}{one['attempt_ms']['p99']:>8.0f}"
        )
    print("\nCPU, ms a subscription, until the last invoice was paid")
    for name, one in figures.items():
        spent = ", ".join(f"{part} {value:.2f}" for part, value in one["cpu_ms_per_subscription"].items())
        print(f"{name:<10}{spent}")
    print("\nthe worker's statements by time (instant gateway): ms a subscription, calls a subscription")
    for one in figures["instant"]["statements"]:
        many = arguments.subscriptions
        print(f"{one['ms'] / many:>8.3f}{one['calls'] / many:>8.2f}  {one['query']}")
    print("\nheld afterwards, by both: no " + "; no ".join(figures["sandbox"]["checks"]) + "; igny8 ledger check")
    rate = figures["instant"]["subscriptions_per_s"]
    word = "reached" if rate >= TARGET else "missed"
    print(f"{word}: {TARGET} subscriptions/s without the gateway's time: {rate:.0f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["run", "report"])
    for name in ("name", "work", "clock", "instant"):
        parser.add_argument(f"--{name}")
    for name in ("port", "subscriptions", "worker", "sandbox", "gateway", "postgres", "redis"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    {"run": run, "report": report}[arguments.mode](arguments)


if __name__ == "__main__":
    main()
