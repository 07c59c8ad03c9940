# The Python environment of the report renderer (Services/Reporting/Renderer).
# shellcheck shell=bash

RENDERER=$ROOT/Services/Reporting/Renderer
RENDERER_VENV=$ROOT/.local/renderer
RENDERER_PYTHON=$RENDERER_VENV/bin/python

# Installs what the renderer runs on, and with "test" what its tests need; nothing when nothing has changed.
build_renderer() {
    install_packages "${RENDERER_PACKAGES[@]}"
    local lists=("$RENDERER/requirements.txt") wanted log=$ROOT/.local/renderer.log list
    [ "${1:-}" != test ] || lists+=("$RENDERER/requirements-test.txt")
    wanted=$(cat "${lists[@]}" | sha256sum | cut -c 1-64)
    grep -qx "$wanted" "$RENDERER_VENV/.installed" 2>/dev/null && return 0
    mkdir -p "$ROOT/.local"
    # Debian's own Python: built with profile and link-time optimisation, an eighth faster here than one that is not.
    [ -x "$RENDERER_PYTHON" ] || /usr/bin/python3 -m venv "$RENDERER_VENV" >"$log" 2>&1 ||
        die "The renderer's Python environment cannot be made; see $log"
    for list in "${lists[@]}"; do
        "$RENDERER_PYTHON" -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r "$list" \
            >>"$log" 2>&1 </dev/null || die "$(tail -n 3 "$log") (whole log: $log)"
    done
    # fontconfig's index, so that no process has to make it while it may still write.
    FONTCONFIG_FILE=$RENDERER/Fonts/fonts.conf fc-cache >>"$log" 2>&1 || true
    printf '%s\n' "$wanted" >>"$RENDERER_VENV/.installed"
}

MOTO=$ROOT/.local/moto
MOTO_VERSION=5.2.5

# The S3 that the file store is tested against; without PyPI its one test is left out, and said to be.
build_moto() {
    [ "$(cat "$MOTO/version" 2>/dev/null)" != "$MOTO_VERSION" ] || return 0
    rm -rf "$MOTO"
    mkdir -p "$ROOT/.local"
    if python3 -m venv "$MOTO" >"$ROOT/.local/moto.log" 2>&1 &&
        "$MOTO/bin/pip" install -q --disable-pip-version-check "moto[server]==$MOTO_VERSION" >>"$ROOT/.local/moto.log" 2>&1 </dev/null; then
        printf '%s' "$MOTO_VERSION" >"$MOTO/version"
    else
        rm -rf "$MOTO"
        say "    files in S3 are not tested: moto could not be fetched from PyPI ($(tail -n 1 "$ROOT/.local/moto.log"))"
    fi
}
