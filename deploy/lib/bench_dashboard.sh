# The parts of `deploy/bench dashboard`.
# shellcheck shell=bash

BENCH=$ROOT/Tests/Benchmarks/dashboard

# The size asked for, and a hundred clients with as many lines each.
bench() {
    local seconds=$1 rounds=$2 json=$3 clients=$4 lines=$5
    step "Packages" install_packages "${PACKAGES[@]}"
    stop_bench
    remove_stack
    mkdir -p "$RUN" "$LOGS"
    step "Build (release)" build_products
    create_secrets
    choose_ports
    SWAGGER_DIR='' write_environment
    # Durable, as in production. The books at full size do not fit the cache: reads of them would show.
    step "PostgreSQL and Redis" start_servers
    measure_size small 100 $((lines * 100 / clients)) "$rounds" "$seconds"
    measure_size large "$clients" "$lines" "$rounds" "$seconds"
    python3 "$BENCH/report.py" ${json:+--json} "$LOCAL/small.json" "$LOCAL/large.json" >&3
}

measure_size() {
    local name=$1 clients=$2 lines=$3 rounds=$4 seconds=$5
    stop_process gateway
    superuser_sql postgres -c 'drop database if exists igny8'
    create_database
    step "Migrations" "$BIN/igny8" migrate
    printf '%s\n' "$SECRET_STAFF" | "$BIN/igny8" admin create --email "$IGNY8_STAFF_EMAIL" --role admin --password-stdin >/dev/null
    step "$clients clients, $lines lines" superuser_sql igny8 -v clients="$clients" -v lines="$lines" -f "$BENCH/seed.sql" >/dev/null
    step "The totals are those of the lines" check_totals
    start_service gateway "$PORT_GATEWAY_PRIVATE" IGNY8_HTTP_PORT="$PORT_GATEWAY" IGNY8_RATE_PER_ACCOUNT=1000000 IGNY8_RATE_PER_ADDRESS=1000000
    wait_ready gateway "http://127.0.0.1:$PORT_GATEWAY_PRIVATE/readyz"
    step "Measuring" env BENCH_PASSWORD="$SECRET_STAFF" PGBENCH="$PG_BIN/pgbench" \
        BENCH_SUPERUSER="postgresql://postgres:$SECRET_POSTGRES@127.0.0.1:$PORT_POSTGRES/igny8" \
        python3 "$BENCH/measure.py" --gateway "http://127.0.0.1:$PORT_GATEWAY" --email "$IGNY8_STAFF_EMAIL" \
        --rounds "$rounds" --seconds "$seconds" --clients "$clients" --work "$LOCAL" --output "$LOCAL/$name.json"
}

# Figures that are wrong may be as fast as one likes.
check_totals() {
    local wrong
    wrong=$(superuser_sql igny8 -At -c "select count(*) from igny8_margin_truth truth
        full join igny8_margin_totals kept using (account_id, subject_kind, subject_id, month, currency)
        where (truth.revenue, truth.cost, truth.fees, truth.items) is distinct from (kept.revenue, kept.cost, kept.fees, kept.items)")
    [ "$wrong" = 0 ] || die "$wrong totals are not the sums of their lines."
}

stop_bench() { stop_stack; }
