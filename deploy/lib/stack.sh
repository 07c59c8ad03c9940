# The local stack: database, services, and what is in them.
# shellcheck shell=bash

SERVICES=(sandbox gateway subscriptions backlink-orders ahrefs-sync indexing reporting)

start_servers() {
    postgres_create "$SECRET_POSTGRES"
    postgres_start "$PORT_POSTGRES" "$@"
    redis_start "$PORT_REDIS" "$SECRET_REDIS"
}

# superuser_sql DATABASE [psql arguments]   the password goes by the environment: arguments can be seen by anyone.
superuser_sql() {
    local database=$1
    shift
    PGHOST=127.0.0.1 PGPORT=$PORT_POSTGRES PGUSER=postgres PGPASSWORD=$SECRET_POSTGRES PGDATABASE=$database \
        psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# The three roles with their passwords, and the database. Safe to repeat; passwords follow .local/secrets.
create_database() {
    local role secret
    for role in owner service readonly; do
        secret=SECRET_${role^^}
        ROLE=igny8_$role PASSWORD=${!secret} superuser_sql postgres <<'SQL'
\getenv role ROLE
\getenv password PASSWORD
select format('create role %I nosuperuser nocreatedb nocreaterole noinherit nobypassrls', :'role')
where not exists (select from pg_roles where rolname = :'role') \gexec
alter role :"role" login password :'password';
SQL
    done
    superuser_sql postgres <<'SQL'
select 'create database igny8 owner igny8_owner' where not exists (select from pg_database where datname = 'igny8') \gexec
SQL
    superuser_sql igny8 -c 'alter schema public owner to igny8_owner'
}

# start_service NAME PRIVATE_PORT [NAME=value …]   a changed binary or environment means a new start.
start_service() {
    local name=$1 private=$2 binary=$BIN/igny8-$1 fingerprint
    shift 2
    fingerprint=$(stat -c '%n %s %Y' "$binary" | cat - "$LOCAL/env" <(printf '%s\n' "$private" "$@") | sha256sum)
    if [ "$(cat "$RUN/$name.fingerprint" 2>/dev/null)" != "$fingerprint" ]; then stop_process "$name"; fi
    start_process "$name" env -u IGNY8_DATABASE_OWNER_URL -u IGNY8_DATABASE_READONLY_URL -u IGNY8_DEMO_SECRET \
        IGNY8_HTTP_HOST=127.0.0.1 IGNY8_PRIVATE_PORT="$private" "$@" "$binary"
    printf '%s' "$fingerprint" >"$RUN/$name.fingerprint"
}

start_services() {
    # It plays the outside world, so it keeps tables of its own beside ours and alone among the services knows the owner.
    start_service sandbox "$PORT_SANDBOX_PRIVATE" IGNY8_HTTP_PORT="$PORT_SANDBOX" IGNY8_SANDBOX_SMTP_PORT="$PORT_SMTP" \
        IGNY8_DATABASE_OWNER_URL="$IGNY8_DATABASE_OWNER_URL"
    start_service gateway "$PORT_GATEWAY_PRIVATE" IGNY8_HTTP_PORT="$PORT_GATEWAY"
    start_service subscriptions "$PORT_SUBSCRIPTIONS_PRIVATE"
    start_service backlink-orders "$PORT_BACKLINK_ORDERS_PRIVATE"
    start_service ahrefs-sync "$PORT_AHREFS_SYNC_PRIVATE"
    start_service indexing "$PORT_INDEXING_PRIVATE"
    start_service reporting "$PORT_REPORTING_PRIVATE"
    wait_ready sandbox "http://127.0.0.1:$PORT_SANDBOX_PRIVATE/readyz"
    wait_ready gateway "http://127.0.0.1:$PORT_GATEWAY_PRIVATE/readyz"
    wait_ready subscriptions "http://127.0.0.1:$PORT_SUBSCRIPTIONS_PRIVATE/readyz"
    wait_ready backlink-orders "http://127.0.0.1:$PORT_BACKLINK_ORDERS_PRIVATE/readyz"
    wait_ready ahrefs-sync "http://127.0.0.1:$PORT_AHREFS_SYNC_PRIVATE/readyz"
    wait_ready indexing "http://127.0.0.1:$PORT_INDEXING_PRIVATE/readyz"
    wait_ready reporting "http://127.0.0.1:$PORT_REPORTING_PRIVATE/readyz"
}

stop_stack() {
    local name
    for name in reporting indexing ahrefs-sync backlink-orders subscriptions gateway sandbox redis postgres; do stop_process "$name"; done
}

remove_stack() {
    stop_stack
    local home
    home=$(postgres_home)
    as_postgres test -d "$home" 2>/dev/null && rm -rf "$home"
    # Other stacks may lie in folders of this one (.local/test beside .local): theirs are not ours to throw away.
    local entry
    for entry in "$LOCAL"/*; do
        [ ! -d "$entry/run" ] && [ ! -s "$entry/version" ] || continue
        rm -rf "$entry"
    done
}

create_staff() {
    printf '%s\n' "$SECRET_STAFF" |
        "$BIN/igny8" admin create --email "$IGNY8_STAFF_EMAIL" --role admin --password-stdin --if-missing
}

# .local/stack.json, for people and for tests. Holds passwords of the demo: 0600.
write_stack_json() {
    (
        umask 077
        set -a
        # shellcheck disable=SC1091
        . "$LOCAL/secrets" && . "$LOCAL/ports"
        export LOCAL RUN BIN
        python3 "$ROOT/deploy/lib/stack_json.py" "$LOCAL/clients.json" >"$LOCAL/stack.json.new"
    )
    mv "$LOCAL/stack.json.new" "$LOCAL/stack.json"
}
