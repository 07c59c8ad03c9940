import Redis

/// The Redis side of one queue: a list of job ids. Each may be missing, doubled or stale at any moment without harm.
struct HintList: Sendable {
    private let redis: RedisClient
    private let keys: HintKeys

    init(queue: String, redis: RedisClient) {
        self.redis = redis
        keys = HintKeys(queue: queue)
    }

    var isReachable: Bool { redis.isReachable }

    /// Adds hints; gives the list's new length, and the one up to which new jobs need not wait for the relay.
    @discardableResult
    func push(_ ids: [Int64], atHead: Bool = false) async throws(RedisError) -> HintRoom {
        let arguments: [RedisArgument] = [atHead ? "head" : "tail"] + ids.map { RedisArgument(Int($0)) }
        let reply = try await redis.run(HintScripts.push, keys: [keys.ready, keys.fastPath], arguments: arguments)
        return HintRoom(reply.array)
    }

    /// The list's length, and the one up to which new jobs need not wait for the relay.
    func room() async throws(RedisError) -> HintRoom {
        HintRoom(
            try await redis.pipeline([["LLEN", RedisArgument(keys.ready)], ["GET", RedisArgument(keys.fastPath)]])
        )
    }

    /// The list's length, and how many hints were ever taken; in the same flight producers are told the length up to which
    /// their jobs need not wait.
    func measure(tellingFastPath fastPath: Int) async throws(RedisError) -> (length: Int, taken: Int) {
        let replies = try await redis.pipeline([
            ["LLEN", RedisArgument(keys.ready)], ["SET", RedisArgument(keys.fastPath), RedisArgument(fastPath)],
            ["GET", RedisArgument(keys.taken)],
        ])
        return (Int(replies[0].integer ?? 0), replies[2].text.flatMap { Int($0) } ?? 0)
    }

    /// Asks the rate limiter of `key` for `wanted` starts; `ahead` is how far the caller knows it to be used up already.
    func ask(
        _ key: String,
        _ rate: JobLimit.Rate,
        wanted: Int,
        ahead: Duration
    ) async throws(RedisError) -> RateLimiter.Answer {
        let reply =
            try await redis.run(
                HintScripts.gcra,
                keys: [keys.limiter(key), keys.began],
                arguments: [
                    RedisArgument(max(Int(rate.interval.seconds * 1e6), 1)), RedisArgument(rate.burst),
                    RedisArgument(wanted), RedisArgument(max(Int(ahead.seconds * 1e6), 0)),
                ]
            ).array ?? []
        guard reply.count == 2 else { return RateLimiter.Answer(allowed: 0, wait: .seconds(1)) }
        return RateLimiter.Answer(allowed: Int(reply[0].integer ?? 0), wait: .microseconds(reply[1].integer ?? 0))
    }

    /// Moves up to `count` hints into the worker's claimed list. With `clearing`, what lies there is settled and goes.
    func take(_ count: Int, for worker: Int64, clearing: Bool) async throws(RedisError) -> [Int64] {
        let reply = try await redis.run(
            HintScripts.take,
            keys: [keys.ready, keys.claimed(worker), keys.workers, keys.taken],
            arguments: [RedisArgument(Int(worker)), RedisArgument(count), clearing ? "clear" : "keep"]
        )
        return (reply.array ?? []).compactMap(\.integer)
    }

    /// Waits for one hint, at most `limit`; it then lies in the worker's claimed list.
    func waitForOne(for worker: Int64, upTo limit: Duration) async throws(RedisError) -> Int64? {
        let bytes = try await redis.blockingMove(
            from: keys.ready,
            to: keys.claimed(worker),
            timeout: limit
        )
        return bytes.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    /// Forgets the worker's taken hints: their jobs are claimed, or the hints were stale.
    func settle(_ worker: Int64) async throws(RedisError) {
        try await redis.command(["DEL", RedisArgument(keys.claimed(worker))])
    }

    /// Pushes those of `ids` and `oldIDs` that are missing; `oldIDs` count as missing unless they are in the list
    /// itself. Gives how many were pushed.
    func repair(ids: [Int64], oldIDs: [Int64], epoch: String?) async throws(RedisError) -> Int {
        let reply = try await redis.run(
            HintScripts.repair,
            keys: [keys.ready, keys.workers, keys.epoch, keys.began],
            arguments: [
                RedisArgument(keys.claimedPrefix), RedisArgument(keys.presencePrefix), RedisArgument(epoch ?? ""),
                RedisArgument(ids.count),
            ] + (ids + oldIDs).map { RedisArgument(Int($0)) }
        )
        return Int(reply.integer ?? 0)
    }

    /// The epoch that Redis remembers, and the server's own id, which changes when it restarts.
    func memory() async throws(RedisError) -> (epoch: String?, server: String?) {
        let replies = try await redis.pipeline([["GET", RedisArgument(keys.epoch)], ["INFO", "server"]])
        let server = replies[1].text?.split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("run_id:") }.map { String($0.dropFirst("run_id:".count)) }
        return (replies[0].text, server)
    }

    /// Says that the worker is there for another `lifetime`, and how many jobs it runs.
    func present(_ worker: Int64, running: Int, lifetime: Duration) async throws(RedisError) {
        let milliseconds = max(Int(lifetime.seconds * 1000), 1)
        let id = RedisArgument(Int(worker))
        try await redis.pipeline([
            ["SET", RedisArgument(keys.presence(worker)), "1", "PX", RedisArgument(milliseconds)],
            ["SADD", RedisArgument(keys.workers), id],
            running > 0
                ? ["HSET", RedisArgument(keys.busy), id, RedisArgument(running)]
                : ["HDEL", RedisArgument(keys.busy), id],
        ])
    }

    /// Gives untaken hints back to the head of the list and forgets the worker.
    func leave(_ worker: Int64) async throws(RedisError) {
        try await redis.run(
            HintScripts.giveback,
            keys: [keys.claimed(worker), keys.ready, keys.workers, keys.busy, keys.presence(worker)],
            arguments: [RedisArgument(Int(worker))]
        )
    }
}
