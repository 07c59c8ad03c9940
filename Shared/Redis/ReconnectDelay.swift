/// How long to wait before the next attempt to connect: at once after a lost connection, then doubling, with jitter.
///
/// 50 ms · 2ⁿ, at most 2 s, each time between half and the whole of it: after a restart of the server a hundred
/// processes come back spread over a second, and none is away for longer than 2 s after the server is there again.
struct ReconnectDelay {
    private var failures = 0

    mutating func next() -> Duration {
        defer { failures += 1 }
        let whole = min(50 << min(failures, 6), 2_000)
        return .milliseconds(Int.random(in: whole / 2...whole))
    }

    mutating func reset() { failures = 0 }
}
