# The parts of `deploy/bench api`.
# shellcheck shell=bash

BENCH=$ROOT/Tests/Benchmarks/api
VENV=$ROOT/.venv-bench

bench() {
    local seconds=$1 rounds=$2 json=$3
    step "Packages" install_packages "${PACKAGES[@]}" wrk
    stop_bench
    remove_stack
    mkdir -p "$RUN" "$LOGS"
    step "Build (release)" build_products
    create_secrets
    choose_ports
    SWAGGER_DIR='' write_environment
    # The log takes the statements that the gateway sends: those go to pgbench.
    step "PostgreSQL and Redis" start_servers -c logging_collector=on -c log_destination=jsonlog -c log_directory=log
    create_database
    step "Migrations" "$BIN/igny8" migrate
    local key
    key=ik_bench_$(random_word)
    PGHOST=127.0.0.1 PGPORT=$PORT_POSTGRES PGUSER=igny8_owner PGPASSWORD=$SECRET_OWNER PGDATABASE=igny8 \
        psql -X -q -v ON_ERROR_STOP=1 -v key="$key" -f "$BENCH/seed.sql" >/dev/null
    step "Django REST framework" install_django
    superuser_sql igny8 -c 'alter role igny8_service set log_min_duration_statement = 0'
    start_bench_gateway
    capture "$key" subscriptions services/subscriptions/
    capture "$key" invoices billing/invoices/
    superuser_sql igny8 -c 'alter role igny8_service reset log_min_duration_statement'
    stop_process gateway
    start_bench_gateway
    start_django "$key"
    local settings
    settings="-c jit=off -c random_page_cost=1.1 -c igny8.scope=account -c igny8.account=$(bench_account) -c igny8.actor=bench"
    step "Measuring" true
    PGBENCH=$PG_BIN/pgbench python3 "$BENCH/measure.py" ${json:+--json} --seconds "$seconds" --rounds "$rounds" \
        --gateway "http://127.0.0.1:$PORT_GATEWAY" --django "http://127.0.0.1:$PORT_DJANGO" --key "$key" \
        --settings "$settings" --log "$(postgres_home)/data/log" --work "$LOCAL" >&3
}

# One list, between two marks in PostgreSQL's log. Asked twice: the statements of the second are prepared.
capture() {
    local key=$1 name=$2 path=$3 url
    url="http://127.0.0.1:$PORT_GATEWAY/api/v1/$path?page_size=50"
    curl -sf -o /dev/null -H "Authorization: Api-Key $key" "$url" || die "The gateway does not answer $url"
    mark "begin bench:$name"
    curl -sf -o "$LOCAL/$name.json" -H "Authorization: Api-Key $key" "$url"
    mark "end bench:$name"
}

mark() { superuser_sql igny8 -c "do \$\$ begin raise log '$1'; end \$\$"; }

bench_account() { superuser_sql igny8 -At -c "select id from igny8_accounts where name = 'Bench 0'"; }

start_bench_gateway() {
    start_service gateway "$PORT_GATEWAY_PRIVATE" IGNY8_HTTP_PORT="$PORT_GATEWAY" IGNY8_RATE_PER_ACCOUNT=1000000 IGNY8_RATE_PER_ADDRESS=1000000
    wait_ready gateway "http://127.0.0.1:$PORT_GATEWAY_PRIVATE/readyz"
}

install_django() {
    local wanted=$BENCH/django/requirements.txt
    cmp -s "$wanted" "$VENV/installed" && return 0
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install -q --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$VENV/installed"
}

fields_of() {
    python3 -c 'import json, sys; print(",".join(json.load(open(sys.argv[1]))["results"][0]))' "$LOCAL/$1.json"
}

start_django() {
    PORT_DJANGO=$(free_port 8100)
    start_process django env PYTHONPATH="$BENCH/django" BENCH_SUBSCRIPTION_FIELDS="$(fields_of subscriptions)" \
        BENCH_INVOICE_FIELDS="$(fields_of invoices)" \
        BENCH_SETTINGS="-c igny8.scope=account -c igny8.account=$(bench_account) -c igny8.actor=django" \
        "$VENV/bin/gunicorn" --workers 2 --bind "127.0.0.1:$PORT_DJANGO" --log-level warning service:application
    local url="http://127.0.0.1:$PORT_DJANGO/api/v1/billing/invoices/"
    wait_until 30 Django test_django "$url" "$1" || {
        tail -n 10 "$LOGS/django.log" >&2
        die "Django does not answer; its log is $LOGS/django.log"
    }
}

test_django() { [ "$(curl -s -o /dev/null -m 5 -w '%{http_code}' -H "Authorization: Api-Key $2" "$1")" = 200 ]; }

stop_bench() {
    stop_process django
    stop_stack
}
