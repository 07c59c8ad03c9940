# Installs by apt what is missing, and nothing when nothing is.
# shellcheck shell=bash

# What the build and the local stack need beside the Swift toolchain.
PACKAGES=(
    build-essential ca-certificates curl git libcurl4-openssl-dev libhiredis-dev libpq-dev libxml2-dev pkg-config
    postgresql-15 postgresql-client-15 python3 python3-venv redis-server
)
# What the report renderer needs: text layout, and fonts for Latin, Greek, Cyrillic, Arabic, Urdu, Chinese, Japanese, Korean…
# (all under the SIL Open Font License; Fonts/fonts.conf names the files that are used).
RENDERER_PACKAGES=(
    python3-venv fontconfig libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter fonts-noto-core fonts-noto-cjk
)
# What only the test run needs.
TEST_PACKAGES=(wrk postgresql-contrib)

is_installed() { [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" = "install ok installed" ]; }

install_packages() {
    local missing=() package
    for package in "$@"; do is_installed "$package" || missing+=("$package"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "Missing packages, and no apt-get to install them with: ${missing[*]}"
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null ||
        die "Missing packages. Run as root, or first: sudo apt-get install ${missing[*]}"
    say "    installing ${missing[*]}"
    # A cluster of the machine's own is neither needed nor touched: ours lives in .local/.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        as_root mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    local log
    log=$(mktemp)
    # No daemon starts on install: 101 means "not allowed" to invoke-rc.d.
    local policy=/usr/sbin/policy-rc.d had_policy=yes
    if [ ! -e $policy ]; then
        had_policy=no
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
    fi
    local result=0
    {
        as_root apt-get update -q &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
    } >"$log" 2>&1 </dev/null || result=$?
    [ $had_policy = yes ] || as_root rm -f $policy
    if [ $result != 0 ]; then
        tail -n 20 "$log" >&2
        die "apt-get could not install ${missing[*]} (whole log: $log)"
    fi
    rm -f "$log"
}

# Finds the Swift toolchain where installers put it, when it is not in PATH.
find_swift() {
    local place
    for place in '' /opt/swift/usr/bin /usr/local/swift/usr/bin "${HOME:-/root}/.local/share/swiftly/bin" /usr/share/swift/usr/bin; do
        if [ -n "$place" ] && [ -x "$place/swift" ]; then export PATH=$place:$PATH; fi
        command -v swift >/dev/null && return 0
    done
    die "There is no Swift toolchain in PATH. Install Swift 6.3 or later from https://www.swift.org/install/linux/ and try again."
}
