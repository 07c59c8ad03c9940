#!/usr/bin/env bash
# supervise.sh RUN_DIRECTORY NAME LOG COMMAND…   keeps one process running until it is told to stop.
#
# An abnormal end (a crash, kill -9) is followed by a new start: after 0.1 s, then 0.2, 0.4 … up to 5 s when it keeps
# ending; a process that lived for 10 s starts again at 0.1 s. An end with 0 is final, and so is 78 (a wrong
# configuration is as wrong the next time). SIGTERM stops the process: SIGTERM, 30 s, SIGKILL.
set -uo pipefail
run=$1 name=$2 log=$3
shift 3
child='' stopping=''
birth() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
birth $$ >"$run/$name.supervisor-born"
echo $$ >"$run/$name.supervisor"
note() { printf '{"level":"notice","service":"supervisor","message":"%s","process":"%s"%s}\n' "$1" "$name" "${2:-}" >>"$log"; }

stop() {
    stopping=yes
    [ -n "$child" ] || return 0
    kill -TERM "$child" 2>/dev/null
    local began=$SECONDS
    while kill -0 "$child" 2>/dev/null && [ $((SECONDS - began)) -lt 30 ]; do sleep 0.05; done
    kill -KILL "$child" 2>/dev/null
}
trap stop TERM INT

delay=1 # tenths of a second
while [ -z "$stopping" ]; do
    began=$SECONDS
    "$@" >>"$log" 2>&1 </dev/null &
    child=$!
    birth "$child" >"$run/$name.born"
    echo "$child" >"$run/$name.pid"
    wait "$child"
    code=$?
    child=''
    rm -f "$run/$name.pid"
    [ -z "$stopping" ] || break
    if [ $code = 0 ] || [ $code = 78 ]; then
        note "Process ended, not started again" ",\"code\":$code"
        echo $code >"$run/$name.ended"
        break
    fi
    [ $((SECONDS - began)) -lt 10 ] || delay=1
    note "Process ended, starting it again" ",\"code\":$code,\"after_seconds\":$((delay / 10)).$((delay % 10))"
    sleep "$((delay / 10)).$((delay % 10))" &
    wait $!
    delay=$((delay * 2 > 50 ? 50 : delay * 2))
done
rm -f "$run/$name.supervisor" "$run/$name.pid" "$run/$name.born" "$run/$name.supervisor-born"
