#!/usr/bin/env bash
# Walks every operation of a running gateway with good, odd and hostile input, after its own OpenAPI document.
set -euo pipefail

usage() {
    cat <<'TEXT'
Tests/Fuzz/openapi.sh STACK_JSON [MAX_EXAMPLES]

STACK_JSON is what deploy/up wrote about a stack that may be thrown away afterwards: rows are made and changed. Signs in as
its staff admin. Fails on any 5xx, on a status that is not documented, on an answer that is not as its schema says, and
on bad input that is taken. MAX_EXAMPLES (20) is per operation. PHASES=coverage leaves the random part out. The tool,
schemathesis, lives in a virtual environment of its own.

Example: Tests/Fuzz/openapi.sh .local/stack.json 5
TEXT
}
case ${1:-} in -h | --help) usage && exit 0 ;; esac
if [ $# -lt 1 ]; then usage >&2 && exit 64; fi

stack=$1 examples=${2:-20}
read -r url token < <(python3 - "$stack" <<'PY'
import json, sys, urllib.request
stack = json.load(open(sys.argv[1], encoding="utf-8"))
request = urllib.request.Request(
    stack["gateway"] + "/api/v1/auth/login/",
    json.dumps(stack["staff"]).encode(),
    {"Content-Type": "application/json"},
)
print(stack["gateway"], json.load(urllib.request.urlopen(request, timeout=30))["access"])
PY
)
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

# A fuzz that had lost its own rights would pass: everything is 401 then, and documented.
still_signed_in() {
    local status
    status=$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$url/api/v1/auth/me/")
    [ "$status" = 200 ] || { echo "the fuzz has ended its own session: GET /auth/me/ answers $status" >&2 && return 1; }
}

# What a schema cannot tell (an id that names nothing, a domain that is taken) is refused with 4xx: so valid data may be
# refused, and `positive_data_acceptance` is left out. Signing out and changing the password would end the run's own session.
# An access token lives ten minutes, and so may the run.
cd "$home"
result=0
"$home/bin/schemathesis" run "$url/openapi.json" \
    --url "$url" \
    --header "Authorization: Bearer $token" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection,unsupported_method \
    --phases "${PHASES:-examples,coverage,fuzzing}" \
    --max-examples "$examples" \
    --exclude-operation-id logout \
    --exclude-operation-id changePassword \
    --workers 2 \
    --generation-deterministic \
    --continue-on-failure \
    --request-timeout 30 \
    --no-color || result=$?
still_signed_in || result=1
exit $result
