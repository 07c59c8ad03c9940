#!/usr/bin/env bash
# Walks every operation of a running gateway with good, odd and hostile input, after its own OpenAPI document.
set -euo pipefail

usage() {
    cat <<'TEXT'
Tests/Fuzz/openapi.sh URL TOKEN [MAX_EXAMPLES]

URL is a gateway's (http://127.0.0.1:8080), TOKEN an access token of a staff admin, of a stack that may be thrown away
afterwards: rows are made and changed. Fails on any 5xx, on a status that is not documented, and on an answer that is not
as its schema says. MAX_EXAMPLES (20) is per operation. The tool, schemathesis, lives in a virtual environment of its own.
TEXT
}
case ${1:-} in -h | --help) usage && exit 0 ;; esac
if [ $# -lt 2 ]; then usage >&2 && exit 64; fi

url=${1%/} token=$2 examples=${3:-20}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
home=${IGNY8_LOCAL:-$root/.local}/schemathesis
VERSION=4.32.5

if [ "$(cat "$home/version" 2>/dev/null)" != "$VERSION" ]; then
    rm -rf "$home"
    mkdir -p "$(dirname "$home")"
    python3 -m venv "$home"
    "$home/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$VERSION"
    printf '%s' "$VERSION" >"$home/version"
fi

# What a schema cannot tell (an id that names nothing, a domain that is taken) is refused with 4xx: so valid data may be
# refused, and `positive_data_acceptance` is left out. Signing out and changing the password would end the run's own session.
cd "$home"
exec "$home/bin/schemathesis" run "$url/openapi.json" \
    --url "$url" \
    --header "Authorization: Bearer $token" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection,unsupported_method \
    --phases ${PHASES:-examples,coverage,fuzzing} \
    --max-examples "$examples" \
    --exclude-operation-id logout \
    --exclude-operation-id changePassword \
    --workers 2 \
    --generation-deterministic \
    --continue-on-failure \
    --request-timeout 30 \
    --no-color
