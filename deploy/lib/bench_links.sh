# The parts of `deploy/bench links`.
# shellcheck shell=bash

BENCH=$ROOT/Tests/Benchmarks/links

bench() {
    local json=$3 links=$4
    step "Packages" install_packages "${PACKAGES[@]}"
    stop_bench
    remove_stack
    mkdir -p "$RUN" "$LOGS"
    PRODUCTS=(igny8 igny8-backlink-orders igny8-sandbox)
    step "Build (release)" build_bench
    create_secrets
    choose_ports
    SWAGGER_DIR='' write_environment
    # Durable: fsync and synchronous_commit are PostgreSQL's own defaults, and nothing here turns them off.
    step "PostgreSQL and Redis" start_servers
    create_database
    step "Migrations" "$BIN/igny8" migrate
    superuser_sql igny8 -v links="$links" -v hosts=500 -v port="$PORT_SANDBOX" -f "$BENCH/seed.sql" >/dev/null
    start_service sandbox "$PORT_SANDBOX_PRIVATE" IGNY8_HTTP_PORT="$PORT_SANDBOX" IGNY8_SANDBOX_SMTP_PORT="$PORT_SMTP" \
        IGNY8_DATABASE_OWNER_URL="$IGNY8_DATABASE_OWNER_URL"
    wait_ready sandbox "http://127.0.0.1:$PORT_SANDBOX_PRIVATE/readyz"
    start_service backlink-orders "$PORT_BACKLINK_ORDERS_PRIVATE" IGNY8_LOG_LEVEL=warning
    wait_ready backlink-orders "http://127.0.0.1:$PORT_BACKLINK_ORDERS_PRIVATE/readyz"
    step "Measuring" true
    python3 "$BENCH/measure.py" ${json:+--json} --psql "$PG_BIN/psql" --links "$links" \
        --superuser "postgresql://postgres:$SECRET_POSTGRES@127.0.0.1:$PORT_POSTGRES/igny8" \
        --pid "$(pid_of backlink-orders)" >&3
}

# One product after the other, in what was built already.
build_bench() {
    find_swift
    local log=$LOGS/build.log product
    for product in "${PRODUCTS[@]}"; do
        (cd "$ROOT" && swift build -c "$BUILD" --product "$product" >>"$log" 2>&1 </dev/null) || {
            grep -E 'error:' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
            die "The build failed; its whole log is $log"
        }
    done
}

stop_bench() { stop_stack; }
