import EventLoop
import Logging

/// Keeps one connection alive: connects when first asked, and again after each loss, with growing, jittered delays.
///
/// While an attempt runs, callers wait for its outcome; between attempts they are refused at once, so that nobody hangs
/// on a server that is away.
actor RedisLink {
    private enum State {
        case idle
        case connecting
        case ready(RedisConnection)
        case waiting(timer: Int, reason: RedisError)
        case closed
    }

    /// What a new connection must do before it is used: sign in, choose the database, load the scripts.
    typealias Greeting = @Sendable (RedisConnection) async throws(RedisError) -> Void

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let configuration: RedisConfiguration
    private let logger: Logger
    private let greeting: Greeting
    private let whenChanged: @Sendable (RedisConnection?) -> Void
    private var state = State.idle
    private var waiters: [CheckedContinuation<Result<RedisConnection, RedisError>, Never>] = []
    private var delay = ReconnectDelay()

    init(
        configuration: RedisConfiguration,
        loop: EventLoop,
        logger: Logger,
        greeting: @escaping Greeting,
        whenChanged: @escaping @Sendable (RedisConnection?) -> Void
    ) {
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        self.greeting = greeting
        self.whenChanged = whenChanged
    }

    isolated deinit {
        if case .waiting(let timer, _) = state { loop.cancelTimer(timer) }
        if case .ready(let connection) = state { connection.abortNow(.connection("closed")) }
    }

    /// The connection. Between two attempts it is refused at once with the last one's reason, unless `patient`.
    func connection(patient: Bool) async throws(RedisError) -> RedisConnection {
        switch state {
        case .ready(let connection): return connection
        case .closed: throw .connection("closed")
        case .waiting(_, let reason) where !patient: throw reason
        case .idle: connect()
        case .connecting, .waiting: break
        }
        return try await withCheckedContinuation { waiters.append($0) }.get()
    }

    /// Drops the connection; the next use makes another.
    func drop() {
        if case .ready(let connection) = state { connection.abortNow(.connection("cancelled")) }
    }

    /// Ends it for good.
    func close() {
        let before = state
        state = .closed
        switch before {
        case .ready(let connection): connection.abortNow(.connection("closed"))
        case .waiting(let timer, _): loop.cancelTimer(timer)
        case .idle, .connecting, .closed: break
        }
        whenChanged(nil)
        answerWaiters(.failure(.connection("closed")))
    }

    private func connect() {
        state = .connecting
        Task { await attempt() }
    }

    private func attempt() async {
        let connection = RedisConnection(loop: loop) { [weak self] reason in
            // The connection is pinned to the same loop, so this is this actor's thread too.
            self?.assumeIsolated { $0.lost(reason) }
        }
        do throws(RedisError) {
            let address = try await HostAddress.resolve(configuration.host)
            try await connection.open(
                address: address,
                port: configuration.port,
                timeout: configuration.connectTimeout
            )
            try await greeting(connection)
        } catch {
            connection.abortNow(error)
            return failed(error)
        }
        guard case .connecting = state else {
            return connection.abortNow(.connection("closed"))
        }
        guard connection.isOpenNow else { return failed(.connection("lost at once")) }
        delay.reset()
        state = .ready(connection)
        whenChanged(connection)
        answerWaiters(.success(connection))
    }

    private func failed(_ reason: RedisError) {
        guard case .connecting = state else { return }
        logger.warning("no connection to Redis", metadata: ["reason": "\(reason)"])
        waitAndConnect(after: delay.next(), reason: reason)
        answerWaiters(.failure(reason))
    }

    /// An opened connection has ended. During its greeting, `attempt` sees to it.
    private func lost(_ reason: RedisError) {
        guard case .ready = state else { return }
        whenChanged(nil)
        logger.info("the connection to Redis was lost", metadata: ["reason": "\(reason)"])
        connect()
    }

    private func waitAndConnect(after delay: Duration, reason: RedisError) {
        let timer = loop.schedule(after: delay) { [weak self] in
            self?.assumeIsolated { isolated in
                guard case .waiting = isolated.state else { return }
                isolated.connect()
            }
        }
        state = .waiting(timer: timer, reason: reason)
    }

    private func answerWaiters(_ outcome: Result<RedisConnection, RedisError>) {
        let answered = waiters
        waiters = []
        for waiter in answered { waiter.resume(returning: outcome) }
    }
}
