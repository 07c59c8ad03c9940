# The parts of `deploy/bench queue`.
# shellcheck shell=bash

BENCH=$ROOT/Tests/Benchmarks/queue
VENV=$ROOT/.venv-bench-queue

bench() {
    local seconds=$1 rounds=$2 json=$3 jobs=$4
    step "Packages" install_packages "${PACKAGES[@]}" ruby-sidekiq
    stop_bench
    remove_stack
    mkdir -p "$RUN" "$LOGS"
    step "Build (release)" build_driver
    create_secrets
    choose_ports
    SWAGGER_DIR='' write_environment
    # Durable: fsync and synchronous_commit are PostgreSQL's own defaults, and nothing here turns them off.
    step "PostgreSQL and Redis" start_servers
    create_database
    step "Migrations" "$BIN/igny8-bench-queue" migrate
    step "Celery, Dramatiq, RQ" install_peers
    step "Measuring" true
    "$VENV/bin/python" "$BENCH/measure.py" ${json:+--json} --seconds "$seconds" --rounds "$rounds" --jobs "$jobs" \
        --driver "$BIN/igny8-bench-queue" --psql "$PG_BIN/psql" \
        --superuser "postgresql://postgres:$SECRET_POSTGRES@127.0.0.1:$PORT_POSTGRES/igny8" >&3
}

build_driver() {
    find_swift
    local log=$LOGS/build.log
    (cd "$ROOT" && swift build -c "$BUILD" --product igny8-bench-queue >"$log" 2>&1 </dev/null) || {
        grep -E 'error:' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
        die "The build failed; its whole log is $log"
    }
}

install_peers() {
    local wanted=$BENCH/requirements.txt
    cmp -s "$wanted" "$VENV/installed" && return 0
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install -q --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$VENV/installed"
}

stop_bench() { stop_stack; }
