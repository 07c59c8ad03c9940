"""Writes stack.json from the environment of deploy/up and the clients that `igny8 demo seed` wrote."""

import json
import os
import sys

env = os.environ
clients = []
if len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
    with open(sys.argv[1], encoding="utf-8") as file:
        clients = json.load(file)

json.dump(
    {
        "gateway": env["IGNY8_GATEWAY_URL"],
        "private": f"http://127.0.0.1:{env['PORT_GATEWAY_PRIVATE']}",
        "sandbox": env["IGNY8_SANDBOX_URL"],
        "mailbox": env["IGNY8_SANDBOX_URL"] + "/mailbox/",
        "staff": {"email": env["IGNY8_STAFF_EMAIL"], "password": env["SECRET_STAFF"]},
        "clients": clients,
        "database": env["IGNY8_DATABASE_URL"],
        "database_owner": env["IGNY8_DATABASE_OWNER_URL"],
        "database_readonly": env["IGNY8_DATABASE_READONLY_URL"],
        "redis": env["IGNY8_REDIS_URL"],
        "privates": {
            name: f"http://127.0.0.1:{env['PORT_' + name.upper().replace('-', '_') + '_PRIVATE']}"
            for name in ("gateway", "subscriptions", "backlink-orders", "ahrefs-sync", "indexing", "reporting", "sandbox")
        },
        "pids": {
            name: os.path.join(env["RUN"], name + ".pid")
            for name in ("gateway", "subscriptions", "backlink-orders", "ahrefs-sync", "indexing", "reporting", "sandbox", "postgres", "redis")
        },
        "files": env["IGNY8_FILES"],
        "binaries": env["BIN"],
        "environment": os.path.join(env["LOCAL"], "env"),
    },
    sys.stdout,
    indent=2,
    ensure_ascii=False,
)
print()
