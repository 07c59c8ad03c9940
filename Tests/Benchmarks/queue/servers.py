"""PostgreSQL and Redis of the run: emptied between measurements, and asked what they have used."""

import os
import re
import subprocess
import urllib.parse

import cpu


class Database:
    """PostgreSQL by psql, as the superuser."""

    def __init__(self, psql, url):
        self.psql = psql
        parts = urllib.parse.urlparse(url)
        self.environment = os.environ | {
            "PGHOST": parts.hostname,
            "PGPORT": str(parts.port),
            "PGUSER": parts.username,
            "PGPASSWORD": parts.password or "",
            "PGDATABASE": "igny8",
        }

    def query(self, sql):
        command = [self.psql, "-X", "-q", "-A", "-t", "-F", " ", "-v", "ON_ERROR_STOP=1", "-c", sql]
        out = subprocess.run(command, check=True, capture_output=True, text=True, env=self.environment)
        return out.stdout.split()

    def process(self):
        return int(self.query("select pg_read_file('postmaster.pid')")[0])

    def empty(self):
        self.query("truncate igny8_jobs, igny8_job_history, igny8_dead_jobs, igny8_leases, igny8_schedules")
        self.query("delete from igny8_workers")
        self.query("vacuum analyze igny8_workers")


class Redis:
    """By redis-cli."""

    def __init__(self, url):
        parts = urllib.parse.urlparse(url)
        self.command = ["redis-cli", "-h", parts.hostname, "-p", str(parts.port), "--no-auth-warning"]
        # The password goes by the environment: arguments can be seen by anyone.
        self.environment = os.environ | {"REDISCLI_AUTH": urllib.parse.unquote(parts.password or "")}

    def run(self, *words):
        out = subprocess.run([*self.command, *words], check=True, capture_output=True, text=True, env=self.environment)
        return out.stdout

    def process(self):
        return int(re.search(r"process_id:(\d+)", self.run("INFO", "server"))[1])


class Servers:
    """Both."""

    def __init__(self, database, redis):
        self.database = database
        self.redis = redis
        self.roots = {"postgres": [database.process()], "redis": [redis.process()]}

    def empty(self):
        self.database.empty()
        self.redis.run("FLUSHALL")

    def used(self, crew=None):
        """Seconds of CPU so far, by part."""
        roots = self.roots | ({"workers": crew.pids()} if crew else {})
        return {name: cpu.seconds(roots) for name, roots in roots.items()}
