# The stack's own secrets and ports, made once, and the environment that follows from them.
# shellcheck shell=bash

# Random secrets: made when the stack is, kept until it is thrown away. Nothing in here is ever printed but the logins.
create_secrets() {
    [ -s "$LOCAL/secrets" ] && return 0
    mkdir -p "$LOCAL"
    chmod 700 "$LOCAL"
    # The user postgres only passes through, to its own folder.
    [ "$(id -u)" != 0 ] || chmod 711 "$LOCAL"
    (
        umask 077
        cat >"$LOCAL/secrets.new" <<TEXT
SECRET_POSTGRES=$(random_word)
SECRET_OWNER=$(random_word)
SECRET_SERVICE=$(random_word)
SECRET_READONLY=$(random_word)
SECRET_REDIS=$(random_word)
SECRET_TOKEN_KEY=$(random_base64 48)
SECRET_KEY_ENCRYPTION_KEY=$(random_base64 32)
SECRET_STRIPE_KEY=sk_test_$(random_word 24)
SECRET_STRIPE_WEBHOOK=whsec_$(random_word 32)
SECRET_PAYPAL=$(random_word 32)
SECRET_STAFF=$(random_word 20)
SECRET_DEMO=$(random_word 32)
TEXT
    )
    mv "$LOCAL/secrets.new" "$LOCAL/secrets"
}

PORT_NAMES=(POSTGRES REDIS GATEWAY GATEWAY_PRIVATE SUBSCRIPTIONS_PRIVATE BACKLINK_ORDERS_PRIVATE AHREFS_SYNC_PRIVATE INDEXING_PRIVATE REPORTING_PRIVATE SANDBOX
    SANDBOX_PRIVATE SMTP)

# Free ports of loopback, counted from 8080 so that the gateway is where one looks first. Kept while nobody else has
# taken them in the meantime.
choose_ports() {
    local first name port taken=()
    if [ -s "$LOCAL/ports" ]; then
        # shellcheck disable=SC1091
        . "$LOCAL/ports"
        is_supervised postgres && return 0
        local kept=yes
        for name in "${PORT_NAMES[@]}"; do
            port=PORT_$name
            [ "$(free_port "${!port:-1}")" = "${!port:-}" ] || kept=no
        done
        [ $kept = no ] || return 0
        # Whatever of ours still runs would be on the old ones.
        stop_stack
    fi
    for name in "${PORT_NAMES[@]}"; do
        case $name in GATEWAY) first=8080 ;; SANDBOX) first=${IGNY8_SANDBOX_PORT:-8090} ;; POSTGRES) first=15432 ;; REDIS) first=16379 ;; SMTP) first=1025 ;; *) first=9100 ;; esac
        port=$(free_port "$first" "${taken[@]}")
        taken+=("$port")
        printf 'PORT_%s=%s\n' "$name" "$port"
    done >"$LOCAL/ports.new"
    mv "$LOCAL/ports.new" "$LOCAL/ports"
}

# What the services and `igny8` are given. `. .local/env` gives a shell the same.
write_environment() {
    # shellcheck disable=SC1091
    . "$LOCAL/secrets" && . "$LOCAL/ports"
    local database=127.0.0.1:$PORT_POSTGRES/igny8
    (
        umask 077
        cat >"$LOCAL/env.new" <<TEXT
export IGNY8_MODE=sandbox
export IGNY8_DATABASE_URL=postgresql://igny8_service:$SECRET_SERVICE@$database
export IGNY8_DATABASE_OWNER_URL=postgresql://igny8_owner:$SECRET_OWNER@$database
export IGNY8_DATABASE_READONLY_URL=postgresql://igny8_readonly:$SECRET_READONLY@$database
export IGNY8_REDIS_URL=redis://:$SECRET_REDIS@127.0.0.1:$PORT_REDIS/0
export IGNY8_PUBLIC_URL=http://127.0.0.1:$PORT_GATEWAY
export IGNY8_GATEWAY_URL=http://127.0.0.1:$PORT_GATEWAY
export IGNY8_SANDBOX_URL=http://127.0.0.1:$PORT_SANDBOX
export IGNY8_TOKEN_KEY=$SECRET_TOKEN_KEY
export IGNY8_KEY_ENCRYPTION_KEY=$SECRET_KEY_ENCRYPTION_KEY
export IGNY8_STRIPE_URL=http://127.0.0.1:$PORT_SANDBOX/stripe
export IGNY8_STRIPE_SECRET_KEY=$SECRET_STRIPE_KEY
export IGNY8_STRIPE_WEBHOOK_SECRETS=$SECRET_STRIPE_WEBHOOK
export IGNY8_PAYPAL_URL=http://127.0.0.1:$PORT_SANDBOX/paypal
export IGNY8_PAYPAL_CLIENT_ID=sandbox
export IGNY8_PAYPAL_CLIENT_SECRET=${SECRET_PAYPAL:-$SECRET_STRIPE_WEBHOOK}
export IGNY8_PAYPAL_WEBHOOK_IDS=WH-SANDBOX
export IGNY8_WORDPRESS_URL=http://127.0.0.1:$PORT_SANDBOX/wordpress
export IGNY8_AHREFS_URL=http://127.0.0.1:$PORT_SANDBOX/ahrefs
export IGNY8_SPEEDYINDEX_URL=http://127.0.0.1:$PORT_SANDBOX/speedyindex
export IGNY8_OMEGA_URL=http://127.0.0.1:$PORT_SANDBOX/omega
export IGNY8_LINKCENTAUR_URL=http://127.0.0.1:$PORT_SANDBOX/linkcentaur
export IGNY8_INDEXNOW_URL=http://127.0.0.1:$PORT_SANDBOX/indexnow-engine
export IGNY8_GOOGLE_CLIENT_ID=sandbox
export IGNY8_GOOGLE_CLIENT_SECRET=$SECRET_STRIPE_WEBHOOK
export IGNY8_GOOGLE_AUTHORIZE_URL=http://127.0.0.1:$PORT_SANDBOX/google/o/oauth2/v2/auth
export IGNY8_GOOGLE_TOKEN_URL=http://127.0.0.1:$PORT_SANDBOX/google/token
export IGNY8_SEARCH_CONSOLE_URL=http://127.0.0.1:$PORT_SANDBOX/google
export IGNY8_SMTP_URL=smtp://127.0.0.1:$PORT_SMTP
export IGNY8_MAIL_FROM='IGNY8 by Alorig <service@alorig.example>'
export IGNY8_WHITE_LABEL_MAIL_FROM=reports@client-mail.example
export IGNY8_FILES=folder:$LOCAL/files
export IGNY8_RENDERER=$ROOT/Services/Reporting/Renderer
export IGNY8_RENDERER_PYTHON=$ROOT/.local/renderer/bin/python
export IGNY8_SWAGGER_DIR=$SWAGGER_DIR
export IGNY8_STAFF_EMAIL=admin@alorig.example
export IGNY8_DEMO_SECRET=$SECRET_DEMO
TEXT
    )
    mv "$LOCAL/env.new" "$LOCAL/env"
    # shellcheck disable=SC1091
    . "$LOCAL/env"
}
