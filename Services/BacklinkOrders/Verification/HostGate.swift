import NIOConcurrencyHelpers
import Redis

/// One visitor a host at a time, over all workers, and a rest after each visit where the host asks for one.
///
/// 1. Within the process visitors of a host stand in a line. → 2. Who is first takes the host's key in Redis, if it is
/// free; it lapses by itself when the process dies. → 3. After the visit the key is given up, or left to lapse after the
/// crawl delay. Whoever would wait longer than ``patience`` is sent away (``HostBusy``): its job comes again.
///
/// Without Redis the line within the process remains, and its rests.
final class HostGate: Sendable {
    /// What a visitor leaves behind.
    struct Lease {
        /// How long the host is to rest after this visit.
        var delay = Duration.zero
    }

    private struct Line {
        var isTaken = true
        var restsUntil: ContinuousClock.Instant?
        var waiting: [(id: Int, wake: CheckedContinuation<Bool, Never>)] = []
    }

    private struct State {
        var lines: [String: Line] = [:]
        var nextID = 0
    }

    private let redis: RedisClient?
    private let patience: Duration
    private let state = NIOLockedValueBox(State())

    init(redis: RedisClient?, patience: Duration = .seconds(5)) {
        self.redis = redis
        self.patience = patience
    }

    /// Visits a host alone.
    /// - Parameter time: the longest a visit takes; then the key in Redis lapses.
    /// - Throws: ``HostBusy``.
    func alone<Value: Sendable>(
        at host: String,
        for time: Duration,
        _ visit: (inout Lease) async throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + patience
        try await enter(host, until: deadline)
        let key = "linkcheck:host:\(host)"
        var lease = Lease()
        do {
            try await claim(key, for: time, until: deadline)
        } catch {
            leave(host, resting: .zero)
            throw error
        }
        let result: Result<Value, any Error>
        do { result = .success(try await visit(&lease)) } catch { result = .failure(error) }
        await release(key, resting: lease.delay)
        leave(host, resting: lease.delay)
        return try result.get()
    }

    // MARK: The line within the process

    private func enter(_ host: String, until deadline: ContinuousClock.Instant) async throws {
        let isFree = state.withLockedValue { Self.take(host, &$0) }
        let isIn = isFree ? true : await wait(at: host, until: deadline)
        guard isIn else {
            try Task.checkCancellation()
            throw HostBusy(wait: patience)
        }
        let rest = state.withLockedValue { $0.lines[host]?.restsUntil }
        guard let rest, rest > .now else { return }
        guard rest <= deadline else {
            let wait = rest - .now
            leave(host, resting: wait)
            throw HostBusy(wait: wait)
        }
        do {
            try await Task.sleep(until: rest)
        } catch {
            leave(host, resting: rest - .now)
            throw error
        }
    }

    private static func take(_ host: String, _ state: inout State) -> Bool {
        guard state.lines[host]?.isTaken != true else { return false }
        state.lines[host, default: Line()].isTaken = true
        return true
    }

    /// - Returns: whether it became this visitor's turn in time.
    private func wait(at host: String, until deadline: ContinuousClock.Instant) async -> Bool {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        let alarm = Task {
            try await Task.sleep(until: deadline)
            self.giveUp(id, at: host)
        }
        defer { alarm.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFree = state.withLockedValue { state in
                    if Self.take(host, &state) { return true }
                    state.lines[host]?.waiting.append((id, continuation))
                    return false
                }
                if isFree { continuation.resume(returning: true) }
            }
        } onCancel: {
            giveUp(id, at: host)
        }
    }

    private func giveUp(_ id: Int, at host: String) {
        let visitor = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
            guard let place = state.lines[host]?.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.lines[host]?.waiting.remove(at: place).wake
        }
        visitor?.resume(returning: false)
    }

    private func leave(_ host: String, resting delay: Duration) {
        let next = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
            guard var line = state.lines[host] else { return nil }
            line.restsUntil = delay > .zero ? .now + delay : nil
            if line.waiting.isEmpty {
                line.isTaken = false
                // A host at rest is remembered; one that is not is forgotten.
                state.lines[host] = line.restsUntil == nil ? nil : line
                forgetRested(&state)
                return nil
            }
            let next = line.waiting.removeFirst().wake
            state.lines[host] = line
            return next
        }
        next?.resume(returning: true)
    }

    private func forgetRested(_ state: inout State) {
        guard state.lines.count > 10_000 else { return }
        let now = ContinuousClock.now
        state.lines = state.lines.filter { $0.value.isTaken || ($0.value.restsUntil.map { $0 > now } ?? false) }
    }

    // MARK: The key in Redis

    private func claim(_ key: String, for time: Duration, until deadline: ContinuousClock.Instant) async throws {
        guard let redis else { return }
        var pause = Duration.milliseconds(20)
        while true {
            do {
                let answer = try await redis.command([
                    "SET", RedisArgument(key), "1", "NX", "PX", RedisArgument(String(Self.milliseconds(time))),
                ])
                if answer != .null { return }
            } catch {
                // Away: the line within the process must do.
                return
            }
            guard ContinuousClock.now + pause < deadline else { throw HostBusy(wait: patience) }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    private func release(_ key: String, resting delay: Duration) async {
        guard let redis else { return }
        let command: [RedisArgument] =
            delay > .zero
            ? ["SET", RedisArgument(key), "1", "PX", RedisArgument(String(Self.milliseconds(delay)))]
            : ["DEL", RedisArgument(key)]
        // Also after a cancellation; where it does not arrive, the key lapses by itself.
        _ = await Task { try? await redis.command(command) }.value
    }

    private static func milliseconds(_ duration: Duration) -> Int { max(Int(duration / .milliseconds(1)), 1) }
}
