# The parts of `deploy/bench ahrefs`.
# shellcheck shell=bash

bench() {
    local json=$3
    step "Packages" install_packages "${PACKAGES[@]}"
    stop_bench
    remove_stack
    mkdir -p "$RUN" "$LOGS"
    step "Build ($BUILD)" build_products
    create_secrets
    choose_ports
    SWAGGER_DIR='' write_environment
    step "PostgreSQL and Redis" start_servers
    create_database
    step "Migrations" "$BIN/igny8" migrate
    PORT_SECOND=$(free_port 9200)
    step "Sandbox and two workers" start_crew
    step "100 accounts with 100 sites each" measure shared --accounts 100 --sites 10000 --name a
    step "One account with 10,000 sites" measure single --accounts 1 --sites 10000 --name b
    python3 "$ROOT/Tests/Benchmarks/links/ahrefs/report.py" ${json:+--json} "$LOCAL/shared.json" "$LOCAL/single.json" >&3
}

measure() {
    local file=$LOCAL/$1.json
    shift
    "$BIN/igny8-bench-ahrefs" "$@" >"$file"
}

start_crew() {
    start_service sandbox "$PORT_SANDBOX_PRIVATE" IGNY8_HTTP_PORT="$PORT_SANDBOX" IGNY8_SANDBOX_SMTP_PORT="$PORT_SMTP" \
        IGNY8_DATABASE_OWNER_URL="$IGNY8_DATABASE_OWNER_URL"
    start_service ahrefs-sync "$PORT_AHREFS_SYNC_PRIVATE"
    # The limit is kept across workers, so there are two.
    start_process ahrefs-second env IGNY8_HTTP_HOST=127.0.0.1 IGNY8_PRIVATE_PORT="$PORT_SECOND" "$BIN/igny8-ahrefs-sync"
    wait_ready sandbox "http://127.0.0.1:$PORT_SANDBOX_PRIVATE/readyz"
    wait_ready ahrefs-sync "http://127.0.0.1:$PORT_AHREFS_SYNC_PRIVATE/readyz"
    wait_ready ahrefs-second "http://127.0.0.1:$PORT_SECOND/readyz"
}

stop_bench() {
    stop_process ahrefs-second
    stop_stack
}
