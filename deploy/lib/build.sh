# Builds what is deployed, once, and not at all when nothing changed.
# shellcheck shell=bash

PRODUCTS=(igny8 igny8-gateway igny8-subscriptions igny8-backlink-orders igny8-ahrefs-sync igny8-indexing igny8-reporting igny8-sandbox)
case $BUILD in release | debug) ;; *) die "IGNY8_BUILD is \"$BUILD\": expected release or debug." ;; esac
BIN=$ROOT/.build/$BUILD
STAMP=$ROOT/.build/$BUILD.igny8-stamp

# Names, sizes and times of every file that goes into a binary.
sources_fingerprint() {
    (cd "$ROOT" && find Package.swift Services Shared -type f -printf '%p %s %T@\n' | sort | sha256sum | cut -c 1-64)
}

is_built() {
    local product
    [ "$(cat "$STAMP" 2>/dev/null)" = "$1" ] || return 1
    for product in "${PRODUCTS[@]}"; do [ -x "$BIN/$product" ] || return 1; done
}

build_products() {
    local fingerprint
    fingerprint=$(sources_fingerprint)
    if is_built "$fingerprint"; then
        say "    nothing changed since the last build"
        return 0
    fi
    find_swift
    local log=$LOCAL/logs/build.log
    mkdir -p "$LOCAL/logs"
    say "    swift build -c $BUILD (the first time takes a few minutes; log: $log)"
    (cd "$ROOT" && swift build -c "$BUILD" "$@" >"$log" 2>&1 </dev/null) || {
        grep -E 'error:' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
        die "The build failed; its whole log is $log"
    }
    printf '%s\n' "$fingerprint" >"$STAMP"
}
