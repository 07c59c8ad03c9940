# The parts of `deploy/bench reports`.
# shellcheck shell=bash

. "$ROOT/deploy/lib/renderer.sh"
BENCH=$ROOT/Tests/Benchmarks/reports

bench() {
    local json=$3 reports=$4 design='{"brand_name": "Brightwater Digital", "primary_color": "#0b5c7d", "secondary_color": "#d97a1d", "footer_text": "", "theme": "light", "is_white_label": true}'
    step "Packages" install_packages "${PACKAGES[@]}" "${RENDERER_PACKAGES[@]}"
    step "Renderer" build_renderer test
    step "The obvious stack" build_peer
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
    step "$reports reports" superuser_sql igny8 -v reports="$reports" -v design="$design" \
        -v data="$(cat "$ROOT/Shared/ReportDesign/Templates/Sample/data.json")" -f "$BENCH/seed.sql"
    start_service reporting "$PORT_REPORTING_PRIVATE" IGNY8_LOG_LEVEL=warning
    wait_ready reporting "http://127.0.0.1:$PORT_REPORTING_PRIVATE/readyz"
    step "Measuring" true
    python3 "$BENCH/measure.py" ${json:+--json} --psql "$PG_BIN/psql" \
        --superuser "postgresql://postgres:$SECRET_POSTGRES@127.0.0.1:$PORT_POSTGRES/igny8" \
        --pid "$(pid_of reporting)" --peer "$RENDERER/tests/measure.py" --peer-python "$RENDERER_PYTHON" >&3
}

# matplotlib, for the other side alone.
build_peer() {
    "$RENDERER_PYTHON" -c 'import matplotlib' 2>/dev/null && return 0
    "$RENDERER_PYTHON" -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
        -r "$RENDERER/requirements-bench.txt" </dev/null || die "matplotlib could not be installed"
}

build_bench() {
    find_swift
    local log=$LOGS/build.log product
    for product in igny8 igny8-reporting; do
        (cd "$ROOT" && swift build -c "$BUILD" --product "$product" >>"$log" 2>&1 </dev/null) || {
            grep -E 'error:' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
            die "The build failed; its whole log is $log"
        }
    done
}

stop_bench() { stop_stack; }
