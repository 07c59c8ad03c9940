# A PostgreSQL 15 cluster of our own, on loopback, under a user that is not root.
# shellcheck shell=bash

PG_BIN=/usr/lib/postgresql/15/bin

# PostgreSQL refuses to run as root; then the package's user `postgres` runs it.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- env HOME=/ "$@")
    else
        "$@"
    fi
}

# Where the cluster's files lie: in .local/, or, when root's clone stands where the user postgres may not go (such as
# /root), in /var/lib under a name made from the path of .local/.
postgres_home() {
    mkdir -p "$LOCAL"
    if [ "$(id -u)" != 0 ] || as_postgres test -x "$LOCAL" 2>/dev/null; then
        echo "$LOCAL/postgres"
    else
        echo "/var/lib/igny8-local/$(printf '%s' "$LOCAL" | sha256sum | cut -c 1-16)"
    fi
}

# postgres_create SUPERUSER_PASSWORD
postgres_create() {
    local home
    home=$(postgres_home)
    [ ! -f "$home/data/PG_VERSION" ] || [ ! -f "$home/complete" ] || return 0
    rm -rf "$home"
    mkdir -p "$home"
    (umask 077 && printf '%s\n' "$1" >"$home/password")
    [ "$(id -u)" != 0 ] || chown -R postgres:postgres "$home"
    as_postgres "$PG_BIN/initdb" -D "$home/data" -U postgres --auth=scram-sha-256 --pwfile="$home/password" \
        --encoding=UTF8 --locale=C.UTF-8 --data-checksums >"$LOCAL/initdb.log" 2>&1 ||
        die "initdb failed: $(tail -n 3 "$LOCAL/initdb.log")"
    rm -f "$home/password"
    touch "$home/complete"
}

# postgres_start PORT [-c setting=value …]
#
# 200 connections: four services of about 8, the tests' own, psql; shared_buffers 256 MB holds the demo's data whole.
postgres_start() {
    local port=$1 home
    shift
    home=$(postgres_home)
    local as=() fast=()
    # Only for tests: what a power cut would lose is thrown away anyhow; what kill -9 does is the same.
    [ -z "${IGNY8_POSTGRES_FAST:-}" ] || fast=(-c fsync=off -c full_page_writes=off)
    [ "$(id -u)" != 0 ] || as=(setpriv --reuid=postgres --regid=postgres --init-groups --)
    start_process postgres "${as[@]}" "$PG_BIN/postgres" -D "$home/data" -p "$port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=256MB \
        "${fast[@]}" "$@"
    wait_until 60 PostgreSQL "$PG_BIN/pg_isready" -q -h 127.0.0.1 -p "$port" || {
        tail -n 10 "$LOGS/postgres.log" >&2
        die "PostgreSQL does not answer on port $port; its log is $LOGS/postgres.log"
    }
}
