# The parts of `deploy/bench indexing`.
# shellcheck shell=bash

BENCH=$ROOT/Tests/Benchmarks/links/indexing

bench() {
    local json=$3 requests=$4
    step "Packages" install_packages "${PACKAGES[@]}"
    stop_bench
    remove_stack
    mkdir -p "$RUN" "$LOGS"
    step "Build ($BUILD)" build_bench
    create_secrets
    choose_ports
    SWAGGER_DIR='' write_environment
    step "PostgreSQL and Redis" start_servers
    create_database
    step "Migrations" "$BIN/igny8" migrate
    create_staff
    start_service sandbox "$PORT_SANDBOX_PRIVATE" IGNY8_HTTP_PORT="$PORT_SANDBOX" IGNY8_SANDBOX_SMTP_PORT="$PORT_SMTP" \
        IGNY8_DATABASE_OWNER_URL="$IGNY8_DATABASE_OWNER_URL"
    start_service gateway "$PORT_GATEWAY_PRIVATE" IGNY8_HTTP_PORT="$PORT_GATEWAY"
    wait_ready sandbox "http://127.0.0.1:$PORT_SANDBOX_PRIVATE/readyz"
    wait_ready gateway "http://127.0.0.1:$PORT_GATEWAY_PRIVATE/readyz"
    step "$requests requests" superuser_sql igny8 -v requests="$requests" -f "$BENCH/seed.sql"
    # The hold-out is for what is new: nothing here is.
    start_service indexing "$PORT_INDEXING_PRIVATE" IGNY8_LOG_LEVEL=warning IGNY8_INDEXING_HOLDOUT_PERCENT=0
    wait_ready indexing "http://127.0.0.1:$PORT_INDEXING_PRIVATE/readyz"
    step "Measuring" true
    IGNY8_STAFF_PASSWORD=$SECRET_STAFF python3 "$BENCH/measure.py" ${json:+--json} --psql "$PG_BIN/psql" \
        --superuser "postgresql://postgres:$SECRET_POSTGRES@127.0.0.1:$PORT_POSTGRES/igny8" \
        --gateway "$IGNY8_GATEWAY_URL" --pid "$(pid_of indexing)" >&3
}

# One product after the other, in what was built already.
build_bench() {
    find_swift
    local log=$LOGS/build.log product
    for product in igny8 igny8-gateway igny8-indexing igny8-sandbox; do
        (cd "$ROOT" && swift build -c "$BUILD" --product "$product" >>"$log" 2>&1 </dev/null) || {
            grep -E 'error:' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
            die "The build failed; its whole log is $log"
        }
    done
}

stop_bench() { stop_stack; }
