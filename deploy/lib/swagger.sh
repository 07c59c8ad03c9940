# Swagger UI's files, from the PyPI package swagger-ui-bundle, for the gateway's /docs/. Copied at build time, not committed.
# shellcheck shell=bash

SWAGGER_DIR=$ROOT/.build/swagger

# A machine that cannot reach PyPI gets everything but the page /docs/; the document openapi.json does not need it.
fetch_swagger() {
    local wanted
    wanted=$(sha256sum <"$ROOT/deploy/lib/swagger-requirements.txt" | cut -c 1-64)
    [ "$(cat "$SWAGGER_DIR/.version" 2>/dev/null)" = "$wanted" ] && return 0
    local work
    work=$(mktemp -d)
    if python3 -m venv "$work/venv" >"$work/log" 2>&1 &&
        "$work/venv/bin/pip" install -q --disable-pip-version-check --target "$work/bundle" \
            -r "$ROOT/deploy/lib/swagger-requirements.txt" >>"$work/log" 2>&1 </dev/null; then
        rm -rf "$SWAGGER_DIR"
        mkdir -p "$SWAGGER_DIR"
        cp "$work"/bundle/swagger_ui_bundle/vendor/*/* "$SWAGGER_DIR/"
        printf '%s\n' "$wanted" >"$SWAGGER_DIR/.version"
    else
        say "    /docs/ stays empty: swagger-ui-bundle could not be fetched from PyPI ($(tail -n 1 "$work/log"))"
        mkdir -p "$SWAGGER_DIR"
    fi
    rm -rf "$work"
}
