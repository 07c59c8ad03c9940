# A Redis 7 of our own, on loopback, with a password. It keeps nothing on disk: what is in it are hints.
# shellcheck shell=bash

# redis_start PORT PASSWORD
redis_start() {
    mkdir -p "$LOCAL/redis"
    (
        umask 077
        cat >"$LOCAL/redis/redis.conf" <<CONF
port $1
bind 127.0.0.1
requirepass $2
dir $LOCAL/redis
save ""
appendonly no
daemonize no
maxmemory-policy noeviction
CONF
    )
    start_process redis redis-server "$LOCAL/redis/redis.conf"
    wait_until 20 Redis redis_answers "$1" "$2" || die "Redis does not answer on port $1; its log is $LOGS/redis.log"
}

redis_answers() { [ "$(REDISCLI_AUTH=$2 redis-cli -h 127.0.0.1 -p "$1" ping 2>/dev/null)" = PONG ]; }
