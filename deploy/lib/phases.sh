# The phases of deploy/test: each adds what passed and what failed.
# shellcheck shell=bash

PASSED=0 FAILED=0 TIMES=()

# Swift tests that must at least have run, so that a run in which they were skipped or not found cannot pass.
SWIFT_FLOOR=450
# Tests at the same time: more only wait for two cores and one database server, and their time limits count the waiting.
SWIFT_WIDTH=8

# phase NAME FUNCTION   a phase that returns other than 0 and counted nothing itself counts as one failure.
phase() {
    local name=$1 began=$SECONDS failed_before=$FAILED result=0
    shift
    printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$name"
    "$@" || result=$?
    if [ $result != 0 ] && [ "$FAILED" = "$failed_before" ]; then FAILED=$((FAILED + 1)); fi
    TIMES+=("$(printf '%6d s  %s%s' $((SECONDS - began)) "$name" "$([ $result = 0 ] || echo '  FAILED')")")
    printf '%s    %s: %d s%s\n' "$DIM" "$name" $((SECONDS - began)) "$PLAIN"
    return $result
}

summary() {
    printf '\n'
    printf '%s\n' "${TIMES[@]}"
    printf '%6d s  in all\n\n%d passed, %d failed\n' "$SECONDS" "$PASSED" "$FAILED"
    [ "$FAILED" = 0 ] && [ "$PASSED" -gt 0 ]
}

lint_phase() {
    "$ROOT/deploy/lint" || return 1
    PASSED=$((PASSED + 1))
}

# The renderer of reports is Python: it needs no build, no server and no stack, so its tests run while the build links.
begin_renderer() {
    "$ROOT/Services/Reporting/Renderer/test" >"$LOGS/renderer.log" 2>&1 </dev/null &
    RENDERER_TESTS=$!
}

renderer_phase() {
    local log=$LOGS/renderer.log ran
    if ! wait "$RENDERER_TESTS"; then
        grep -E '^(FAIL|ERROR):' "$log" || tail -n 20 "$log"
        say "    the whole log is $log"
        return 1
    fi
    ran=$(sed -nE 's/^Ran ([0-9]+) tests.*/\1/p' "$log")
    PASSED=$((PASSED + ${ran:-0}))
}

# Tests in debug (they hold their own checks and build fastest), what is deployed in release.
build_tests() {
    local log=$LOGS/build-tests.log
    (cd "$ROOT" && swift build --build-tests >"$log" 2>&1 </dev/null) || {
        grep -E 'error:' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
        die "The tests do not build; the whole log is $log"
    }
    BUILD=debug BIN=$ROOT/.build/debug
}

start_test_servers() {
    create_secrets
    choose_ports
    write_environment
    start_servers -c synchronous_commit=off
    export IGNY8_TEST_DATABASE_URL=postgresql://postgres:$SECRET_POSTGRES@127.0.0.1:$PORT_POSTGRES/postgres
    export IGNY8_TEST_REDIS_URL=redis://:$SECRET_REDIS@127.0.0.1:$PORT_REDIS/0
}

# run_swift_tests LOG [arguments of swift test]   shows failures only, counts both.
run_swift_tests() {
    local log=$1 result=0
    shift
    (cd "$ROOT" && SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$SWIFT_WIDTH swift test --skip-build --disable-xctest "$@" >"$log" 2>&1 </dev/null) || result=$?
    local ran failed
    ran=$(sed -nE 's/.*Test run with ([0-9]+) tests?.*/\1/p' "$log" | tail -n 1)
    failed=$(grep -cE '^✘ Test (case|"|[a-zA-Z]).* failed after' "$log" || true)
    ran=${ran:-0}
    if [ $result != 0 ] || [ "$failed" != 0 ]; then
        # A failure and what it says of itself: without the seed or the error in it, it could not be looked into.
        awk '/^✘|^error:|Fatal error|recorded an issue/ { print; told = 1; next }
             told && /^↳/ { print substr($0, 1, 600); next }
             { told = 0 }' "$log" | head -n 90
        say "    whole log: $log"
        [ "$failed" != 0 ] || failed=1
    fi
    if [ "$ran" = 0 ] && [ "$failed" = 0 ]; then
        say "    no test ran; whole log: $log"
        failed=1 result=1
    fi
    PASSED=$((PASSED + (ran > failed ? ran - failed : 0)))
    FAILED=$((FAILED + failed))
    SWIFT_RAN=$ran
    say "    $ran tests ran"
    return $result
}

# The queue's tests measure its patience, so they do not share the machine with the others, and only few with each other.
swift_phase() {
    local result=0 ran
    run_swift_tests "$LOGS/swift-tests.log" --skip EndToEndTests --skip JobQueueTests || result=$?
    ran=$SWIFT_RAN
    SWIFT_WIDTH=4 run_swift_tests "$LOGS/queue-tests.log" --filter JobQueueTests || result=$?
    ran=$((ran + SWIFT_RAN))
    if [ "$ran" -lt $SWIFT_FLOOR ]; then
        say "    only $ran tests ran; at least $SWIFT_FLOOR are expected"
        FAILED=$((FAILED + 1))
        return 1
    fi
    return $result
}

stack_phase() {
    IGNY8_BUILD=debug "$ROOT/deploy/up" || return 1
    export IGNY8_STACK=$LOCAL/stack.json
    PASSED=$((PASSED + 1))
}

# What deploy/up leaves behind, and then the quarter from there.
end_to_end_phase() { run_swift_tests "$LOGS/end-to-end.log" --filter EndToEndTests.EndToEndTests; }

# It changes the stack's rows at will, so it comes after whoever counts them. Few examples: the coverage of each operation's
# schema is the same, and an access token lives ten minutes.
fuzz_phase() {
    local result=0
    fuzz || result=$?
    # A fault of Python 3.11 when two threads read Python at once (gh-106905), seldom: it says nothing about us.
    if [ $result != 0 ] && grep -q 'AST constructor recursion depth mismatch' "$LOGS/fuzz.log"; then
        say "    the fuzzer's Python has failed; once more"
        result=0
        fuzz || result=$?
    fi
    if [ $result != 0 ]; then
        grep -vE '^ *$' "$LOGS/fuzz.log" | tail -n 80
        return 1
    fi
    grep -E 'generated|Operations:' "$LOGS/fuzz.log"
    PASSED=$((PASSED + 1))
}

fuzz() { "$ROOT/Tests/Fuzz/openapi.sh" "$IGNY8_STACK" "${IGNY8_FUZZ_EXAMPLES:-4}" >"$LOGS/fuzz.log" 2>&1 </dev/null; }

# Servers and workers of its own, so that it needs no stack.
queue_chaos_phase() {
    local result=0
    IGNY8_BUILD=debug "$ROOT/Tests/Chaos/run" --seconds 30 >"$LOGS/queue-chaos.log" 2>&1 </dev/null || result=$?
    if [ $result != 0 ]; then
        tail -n 40 "$LOGS/queue-chaos.log"
        return 1
    fi
    grep -E '^(chaos seed|faults|jobs asked|every job)' "$LOGS/queue-chaos.log"
    PASSED=$((PASSED + 1))
}

# A month start with its reports, and links from the draft to the index; IGNY8_CHAOS_UNTIL=2026-12-31T08:00:00Z makes it the whole quarter.
chaos_phase() {
    export IGNY8_BUILD=debug IGNY8_CHAOS_UNTIL=${IGNY8_CHAOS_UNTIL:-2026-10-02T12:00:00Z}
    local result=0
    run_swift_tests "$LOGS/chaos.log" --filter EndToEndTests.ChaosTests || result=$?
    grep -E '^chaos' "$LOGS/chaos.log" || true
    return $result
}
