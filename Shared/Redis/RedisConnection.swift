import CHiredis
import DequeModule
import EventLoop
import Glibc

/// One pipelined connection of hiredis, pinned to the event loop: commands of any number of tasks share it and are
/// answered in order. It connects once; when it is lost it answers every waiter and is done.
///
/// 1. `open` starts the connection; `connected` or `cleanedUp` ends the wait.
/// 2. `send` hands commands to hiredis with a retained `Batch`; each of its callbacks takes one reference back.
/// 3. However the connection ends (the server's doing, `abort`, a time-out), hiredis answers what is in flight with
///    null replies and then calls `cleanup` once, which releases this actor.
actor RedisConnection {
    /// The commands of one `send`, what their `privdata` points to.
    final class Batch {
        var replies: [Result<RedisValue, RedisError>] = []
        let count: Int
        let continuation: CheckedContinuation<[Result<RedisValue, RedisError>], Never>

        init(count: Int, continuation: CheckedContinuation<[Result<RedisValue, RedisError>], Never>) {
            self.count = count
            self.continuation = continuation
        }
    }

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Nil before `open` and once hiredis has freed it, which it does by itself after a disconnect.
    var context: UnsafeMutablePointer<redisAsyncContext>?
    var interest: EventLoop.Interest = []
    private var opening: CheckedContinuation<Result<Void, RedisError>, Never>?
    /// By when each batch in flight must be answered, in their order.
    private var deadlines: Deque<ContinuousClock.Instant> = []
    private var timer: Int?
    private var loss: RedisError?
    private let whenLost: @Sendable (RedisError) -> Void

    /// hiredis writes with `write(2)`, so a closed peer would end the process by SIGPIPE.
    private static let withoutBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// `whenLost` is called once, on the loop, after an opened connection has ended.
    init(loop: EventLoop, whenLost: @escaping @Sendable (RedisError) -> Void) {
        _ = Self.withoutBrokenPipes
        self.loop = loop
        self.whenLost = whenLost
    }

    /// Connects to a numeric address.
    func open(address: String, port: Int, timeout: Duration) async throws(RedisError) {
        guard let context = redisAsyncConnect(address, Int32(port)) else { throw .connection("out of memory") }
        guard context.pointee.err == 0 else {
            let message = String(cString: context.pointee.errstr)
            redisAsyncFree(context)
            throw .connection(message)
        }
        redisEnableKeepAlive(&context.pointee.c)
        self.context = context
        install(in: context)
        let timer = loop.schedule(after: timeout) { [weak self] in
            self?.assumeIsolated { $0.abort(.timeout) }
        }
        defer { loop.cancelTimer(timer) }
        try await withCheckedContinuation { opening = $0 }.get()
    }

    /// Sends `commands` together; answers each by its own reply or error, in order. Never hangs: each is answered when
    /// its reply comes, when the connection is lost, or at the time-out.
    func send(_ commands: [[RedisArgument]], timeout: Duration) async -> [Result<RedisValue, RedisError>] {
        if commands.isEmpty { return [] }
        return await withCheckedContinuation { continuation in
            let batch = Batch(count: commands.count, continuation: continuation)
            guard let context else {
                return answer(batch, failing: loss ?? .connection("closed"))
            }
            deadlines.append(.now + timeout)
            for command in commands {
                let pending = Unmanaged.passRetained(batch)
                let code = command.withArguments { values, lengths in
                    redisAsyncCommandArgv(
                        context,
                        { RedisConnection.answered($0, $1, $2) },
                        pending.toOpaque(),
                        Int32(command.count),
                        values,
                        lengths
                    )
                }
                guard code == REDIS_OK else {
                    // hiredis takes no more commands while it disconnects; what it took before is answered with null.
                    pending.release()
                    receive(.failure(loss ?? .connection("closing")), for: batch)
                    continue
                }
            }
            watchDeadline()
        }
    }

    /// Ends the connection at once; whatever is in flight fails with `reason`.
    func abort(_ reason: RedisError) {
        guard let context else { return }
        loss = loss ?? reason
        redisAsyncFree(context)
    }

    /// `abort` for what already runs on the loop's thread, without a suspension.
    nonisolated func abortNow(_ reason: RedisError) { assumeIsolated { $0.abort(reason) } }

    /// Whether hiredis still has it; on the loop's thread.
    nonisolated var isOpenNow: Bool { assumeIsolated { $0.context != nil } }

    // MARK: Answers

    func connected(status: Int32, message: String) {
        guard let opening else { return }
        self.opening = nil
        if status != REDIS_OK { loss = loss ?? .connection(message) }
        opening.resume(returning: status == REDIS_OK ? .success(()) : .failure(.connection(message)))
    }

    func receive(_ reply: Result<RedisValue, RedisError>, for batch: Batch) {
        batch.replies.append(reply)
        guard batch.replies.count == batch.count else { return }
        if !deadlines.isEmpty { deadlines.removeFirst() }
        batch.continuation.resume(returning: batch.replies)
    }

    private func answer(_ batch: Batch, failing error: RedisError) {
        batch.continuation.resume(returning: Array(repeating: .failure(error), count: batch.count))
    }

    /// What the waiters of a lost connection are told.
    func reasonOfLoss(_ message: String) -> RedisError {
        if let loss { return loss }
        let reason = RedisError.connection(message.isEmpty ? "the server closed it" : message)
        loss = reason
        return reason
    }

    func cleanedUp() {
        if let context { loop.unwatch(context.pointee.c.fd) }
        context = nil
        interest = []
        if let timer { loop.cancelTimer(timer) }
        timer = nil
        let reason = reasonOfLoss("")
        if let opening {
            self.opening = nil
            opening.resume(returning: .failure(reason))
        }
        whenLost(reason)
    }

    // MARK: Time-outs

    /// One timer for the oldest batch: replies come in order, so no other can be late before it.
    private func watchDeadline() {
        guard timer == nil, let first = deadlines.first else { return }
        timer = loop.schedule(after: ContinuousClock.now.duration(to: first)) { [weak self] in
            self?.assumeIsolated { $0.deadlinePassed() }
        }
    }

    private func deadlinePassed() {
        timer = nil
        guard let first = deadlines.first else { return }
        if first <= .now { abort(.timeout) } else { watchDeadline() }
    }
}

extension [RedisArgument] {
    /// The form hiredis wants: pointers and lengths, valid during the call.
    fileprivate func withArguments<R>(
        _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>, UnsafePointer<Int>) -> R
    ) -> R {
        let lengths = map(\.bytes.count)
        let all = flatMap(\.bytes)
        return all.withUnsafeBytes { buffer in
            var offset = 0
            var pointers = lengths.map { length -> UnsafePointer<CChar>? in
                defer { offset += length }
                // An empty argument needs an address too, and an empty buffer has none.
                guard let base = buffer.baseAddress else { return Self.somewhere }
                return (base + offset).assumingMemoryBound(to: CChar.self)
            }
            return pointers.withUnsafeMutableBufferPointer { pointers in
                lengths.withUnsafeBufferPointer { body(pointers.baseAddress!, $0.baseAddress!) }
            }
        }
    }

    private static var somewhere: UnsafePointer<CChar> { UnsafePointer(bitPattern: 1)! }
}
