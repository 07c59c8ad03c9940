# The parts of `deploy/bench billing`.
# shellcheck shell=bash

BENCH=$ROOT/Tests/Benchmarks/billing

bench() {
    local json=$3 subscriptions=$4
    step "Packages" install_packages "${PACKAGES[@]}"
    stop_bench
    remove_stack
    mkdir -p "$RUN" "$LOGS"
    step "Build (release)" build_products
    create_secrets
    choose_ports
    SWAGGER_DIR='' write_environment
    # Durable: fsync and synchronous_commit are PostgreSQL's own defaults, and nothing here turns them off.
    step "PostgreSQL and Redis" start_servers -c shared_preload_libraries=pg_stat_statements -c pg_stat_statements.max=10000
    create_database
    superuser_sql igny8 -c 'create extension if not exists pg_stat_statements'
    step "Migrations" "$BIN/igny8" migrate
    step "$subscriptions subscriptions" seed "$subscriptions"
    PORT_INSTANT=$(free_port 8200)
    run_month sandbox "$IGNY8_STRIPE_URL" "$subscriptions"
    run_month instant "http://127.0.0.1:$PORT_INSTANT" "$subscriptions"
    python3 "$BENCH/measure.py" report ${json:+--json} --work "$LOCAL" --subscriptions "$subscriptions" >&3
}

# Fills the database behind a clock that stands ten minutes before the 1st, and keeps a copy of it for each run.
seed() {
    start_bench_sandbox
    local api="http://127.0.0.1:$PORT_SANDBOX" key="Authorization: Bearer $IGNY8_STRIPE_SECRET_KEY" customer method
    curl -sf -o /dev/null "$api/clock" -d '{"freeze": "2026-11-30T23:50:00Z"}'
    customer=$(curl -sf "$api/stripe/v1/customers" -H "$key" -d name=Bench | field id)
    method=$(curl -sf "$api/stripe/v1/payment_methods/pm_card_visa/attach" -H "$key" -d "customer=$customer" | field id)
    PGHOST=127.0.0.1 PGPORT=$PORT_POSTGRES PGUSER=igny8_owner PGPASSWORD=$SECRET_OWNER PGDATABASE=igny8 \
        psql -X -q -v ON_ERROR_STOP=1 -v subscriptions="$1" -v customer="$customer" -v method="$method" \
        -f "$BENCH/seed.sql" >/dev/null
    stop_process sandbox
    # Not what is still empty: a plan for an empty table reads all of it, and is kept while it fills.
    superuser_sql igny8 -c 'vacuum analyze igny8_accounts, igny8_users, igny8_sites, igny8_managed_service_subscriptions,
        igny8_payment_customers, igny8_account_payment_methods, sandbox.stripe_objects'
    superuser_sql postgres -c 'create database seeded template igny8'
}

field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

# Its webhooks are kept and not sent: nothing here waits for them.
start_bench_sandbox() {
    start_service sandbox "$PORT_SANDBOX_PRIVATE" IGNY8_HTTP_PORT="$PORT_SANDBOX" IGNY8_SANDBOX_SMTP_PORT="$PORT_SMTP" \
        IGNY8_DATABASE_OWNER_URL="$IGNY8_DATABASE_OWNER_URL" IGNY8_GATEWAY_URL=
    wait_ready sandbox "http://127.0.0.1:$PORT_SANDBOX_PRIVATE/readyz"
}

# run_month NAME STRIPE_URL SUBSCRIPTIONS   one 1st of the month, from the same rows.
run_month() {
    superuser_sql postgres -c 'drop database igny8' -c 'create database igny8 template seeded owner igny8_owner'
    redis_cli FLUSHALL >/dev/null
    superuser_sql igny8 -c 'checkpoint'
    start_bench_sandbox
    start_process instant python3 "$BENCH/gateway.py" "$PORT_INSTANT"
    wait_until 10 "the instant gateway" answers_200 "http://127.0.0.1:$PORT_INSTANT/tally"
    start_service subscriptions "$PORT_SUBSCRIPTIONS_PRIVATE" IGNY8_STRIPE_URL="$2"
    wait_ready subscriptions "http://127.0.0.1:$PORT_SUBSCRIPTIONS_PRIVATE/readyz"
    step "The 1st, gateway: $1" env PGPASSWORD="$SECRET_POSTGRES" python3 "$BENCH/measure.py" run --name "$1" \
        --work "$LOCAL" --port "$PORT_POSTGRES" --clock "http://127.0.0.1:$PORT_SANDBOX/clock" --subscriptions "$3" \
        --instant "http://127.0.0.1:$PORT_INSTANT/tally" --worker "$(pid_of subscriptions)" \
        --sandbox "$(pid_of sandbox)" --gateway "$(pid_of instant)" --postgres "$(pid_of postgres)" \
        --redis "$(pid_of redis)"
    "$BIN/igny8" ledger check >"$LOCAL/$1-ledger.txt" 2>&1 || { cat "$LOCAL/$1-ledger.txt" >&2 && die "The books do not balance."; }
    stop_process subscriptions
    stop_process instant
    stop_process sandbox
}

redis_cli() { REDISCLI_AUTH=$SECRET_REDIS redis-cli -h 127.0.0.1 -p "$PORT_REDIS" --no-auth-warning "$@"; }

stop_bench() {
    stop_process instant
    stop_stack
}
