# Sourced by every command in deploy/: where things are, how they speak, and how they fail.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The state of the local stack. A test run has a place of its own, so that it never touches a stack that is up.
LOCAL=${IGNY8_LOCAL:-$ROOT/.local}
BUILD=${IGNY8_BUILD:-release}
export LC_ALL=C.UTF-8

if [ -t 1 ]; then BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' PLAIN=$'\e[0m'; else BOLD='' DIM='' RED='' PLAIN=''; fi

say() { printf '%s\n' "$*"; }
die() {
    printf '%s%s%s\n' "$RED" "$*" "$PLAIN" >&2
    exit 1
}

# Runs a step under its name and says how long it took: step "Build" build_products
step() {
    local name=$1 began=$SECONDS
    shift
    printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$name"
    "$@"
    printf '%s    %s: %d s%s\n' "$DIM" "$name" $((SECONDS - began)) "$PLAIN"
}

# As root or through sudo, for the few things that need it.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

random_base64() { head -c "$1" /dev/urandom | base64 -w0; }
# Letters and digits only, so that it needs no escaping in a URL or a shell.
random_word() { head -c 64 /dev/urandom | base64 -w0 | tr -dc 'A-Za-z0-9' | cut -c "1-${1:-32}"; }

# The first free port of loopback at or above $1 that is not among the rest of the arguments.
free_port() {
    python3 - "$@" <<'PY'
import socket, sys
first, taken = int(sys.argv[1]), {int(port) for port in sys.argv[2:]}
for port in range(first, 65536):
    if port in taken:
        continue
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still fading is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(port)
        break
PY
}

# Polls a command every 50 ms until it succeeds or the seconds are over: wait_until 20 "PostgreSQL" pg_answers
wait_until() {
    local limit=$1 what=$2 began=$SECONDS
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ $((SECONDS - began)) -lt "$limit" ] || return 1
        sleep 0.05
    done
}

# When a process was born, in ticks since boot: with its id, a name that no other process ever has.
birth() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# Whether the process that a file names ("pid", and "pid birth" beside it) is still that process, and not another that got
# its number after a reboot.
is_alive() {
    local pid=${1:-} born=${2:-}
    [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && { [ -z "$born" ] || [ "$(birth "$pid")" = "$born" ]; }
}
