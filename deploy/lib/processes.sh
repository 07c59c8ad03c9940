# Starts and stops what the local stack is made of, each under a supervisor (supervise.sh).
# shellcheck shell=bash

RUN=$LOCAL/run
LOGS=$LOCAL/logs

# The id of a process that lives, or nothing.
pid_of() { alive_in "$1.pid" "$1.born"; }
supervisor_of() { alive_in "$1.supervisor" "$1.supervisor-born"; }
alive_in() {
    local pid
    pid=$(cat "$RUN/$1" 2>/dev/null || true)
    if is_alive "$pid" "$(cat "$RUN/$2" 2>/dev/null || true)"; then echo "$pid"; fi
}
is_supervised() { [ -n "$(supervisor_of "$1")" ]; }

# terminate PID SECONDS   SIGTERM, and SIGKILL when that does not do.
terminate() {
    kill -TERM "$1" 2>/dev/null || return 0
    wait_until "$2" "$1" has_ended "$1" || kill -KILL "$1" 2>/dev/null || true
}
has_ended() { ! kill -0 "$1" 2>/dev/null; }

# start_process NAME COMMAND…   does nothing when it is supervised already.
start_process() {
    local name=$1
    shift
    is_supervised "$name" && return 0
    mkdir -p "$RUN" "$LOGS"
    # A process whose supervisor was killed lives on without one: it makes room for a supervised one.
    local orphan
    orphan=$(pid_of "$name")
    [ -z "$orphan" ] || terminate "$orphan" 30
    rm -f "$RUN/$name.ended" "$RUN/$name.pid" "$RUN/$name.supervisor"
    local log=$LOGS/$name.log
    if [ -f "$log" ] && [ "$(stat -c %s "$log")" -gt 52428800 ]; then mv -f "$log" "$log.1"; fi
    setsid nohup "$ROOT/deploy/lib/supervise.sh" "$RUN" "$name" "$log" "$@" >/dev/null 2>&1 </dev/null 9<&- &
    disown
    wait_until 5 "$name" test -s "$RUN/$name.supervisor" || die "The supervisor of $name did not start."
}

stop_process() {
    local name=$1 supervisor child
    supervisor=$(supervisor_of "$name")
    [ -z "$supervisor" ] || terminate "$supervisor" 35
    child=$(pid_of "$name")
    [ -z "$child" ] || terminate "$child" 30
    rm -f "$RUN/$name".{pid,born,supervisor,supervisor-born,ended}
}

# Dies with the last lines of the log when a process has given up.
check_running() {
    [ ! -e "$RUN/$1.ended" ] || {
        tail -n 5 "$LOGS/$1.log" >&2
        die "$1 stopped with code $(cat "$RUN/$1.ended"); its log is $LOGS/$1.log"
    }
}

answers_200() { [ "$(curl -s -o /dev/null -m 5 -w '%{http_code}' "$1")" = 200 ]; }

# wait_ready NAME URL   until /readyz says so.
wait_ready() {
    local name=$1 url=$2 began=$SECONDS
    until answers_200 "$url"; do
        check_running "$name"
        [ $((SECONDS - began)) -lt 60 ] || {
            tail -n 10 "$LOGS/$name.log" >&2
            die "$name is not ready after 60 s; its log is $LOGS/$name.log"
        }
        sleep 0.05
    done
}
