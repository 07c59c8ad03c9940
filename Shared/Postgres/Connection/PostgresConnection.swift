import CLibPQ
import DequeModule
import EventLoop
import Logging
import NIOConcurrencyHelpers
import Synchronization

/// One connection in pipeline mode: flights of any number of tasks share it.
///
/// How a flight travels:
/// 1. ``run(_:onCancel:)`` sends its statements and one sync point, and appends the flight to `flights`.
/// 2. The server answers in order. ``receive()`` takes each result that is here in full and gives it to the flight at
///    the head: one for each preparation and each execution.
/// 3. The sync point's own result ends the flight, and its waiter gets the rows or the first failure.
/// 4. When the connection breaks, every flight fails with ``PostgresError/connection(_:)`` and the actor stays closed;
///    who needs another connection opens one.
///
/// `COPY` and scripts of many statements are refused in pipeline mode: `PostgresConnection+Exclusive` leaves it for
/// them and comes back.
actor PostgresConnection {
    /// What to do when the waiting task is cancelled.
    enum CancelPolicy {
        /// Stop waiting, let the statement run: others share the connection.
        case abandon
        /// Stop waiting and have the server cancel the statement: the connection is ours alone.
        case interrupt
        /// Wait all the same: `commit` and `rollback`.
        case ignore
    }

    /// A wait for the socket while the connection is being opened.
    struct SocketWait {
        let descriptor: Int32
        let timer: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let handle: OpaquePointer
    let logger: Logger
    /// The socket, remembered because libpq forgets it when it closes it.
    var descriptor: Int32 = -1
    var socketWait: SocketWait?
    var interest: EventLoop.Interest = []
    var flights: Deque<Flight> = []
    var cache: StatementCache
    /// Goes out before the next flight: `begin` and the settings of a leased connection's transaction.
    var preamble: [Statement] = []
    private(set) var closeReason: PostgresError?
    private(set) var interruption: Task<Void, Never>?
    /// Called with each notification's channel and payload.
    var onNotification: ((String, String) -> Void)?
    var onClose: (() -> Void)?
    /// Set while the connection is out of pipeline mode and waits for its socket.
    var exclusiveWaiter: CheckedContinuation<Void, Never>?
    var isExclusive = false
    var drainWaiters: [CheckedContinuation<Void, Never>] = []
    /// How long the flight at the head may go without an answer; nil for no limit.
    private let answerLimit: Duration?
    private var watchdog: Int?
    private var lastFlight = 0
    private var isFinished = false
    private nonisolated let open = Atomic<Bool>(true)
    private nonisolated let underWay = Atomic<Int>(0)
    /// When a flight last came to the head, in nanoseconds since `born`.
    private nonisolated let headSince = Atomic<Int64>(0)
    private nonisolated let born = ContinuousClock.now

    /// Whether it can still be used, as far as is known. Readable from any thread.
    nonisolated var isOpen: Bool { open.load(ordering: .acquiring) }

    /// How many flights wait for their answer. Readable from any thread.
    nonisolated var load: Int { underWay.load(ordering: .relaxed) }

    /// Whether another flight would soon have its turn: the queue is short, and its head has not been there for long.
    /// Readable from any thread.
    nonisolated func isMoving(at now: ContinuousClock.Instant) -> Bool {
        let load = load
        return load == 0
            || load < Self.longQueue && nanoseconds(at: now) - headSince.load(ordering: .relaxed) < Self.longWait
    }

    /// As many as there are when 16 clients ask at once: at 0.2 ms each the last of them waits for 3 ms.
    private static let longQueue = 16
    /// Nanoseconds. The statements that share a connection take tenths of milliseconds.
    private static let longWait: Int64 = 4_000_000

    private nonisolated func nanoseconds(at now: ContinuousClock.Instant) -> Int64 {
        let (seconds, attoseconds) = born.duration(to: now).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    init(handle: OpaquePointer, configuration: PostgresConfiguration, loop: EventLoop, logger: Logger) {
        self.handle = handle
        self.loop = loop
        self.logger = logger
        cache = StatementCache(capacity: configuration.preparedStatements)
        answerLimit = configuration.answerTimeout
    }

    /// Isolated, so that the handle is freed on the loop's thread like everything else that touches it.
    isolated deinit {
        finish()
    }

    // MARK: Flights

    /// Sends `statements` as one flight and waits for the rows of the visible ones.
    func run(
        _ statements: [Statement],
        onCancel policy: CancelPolicy
    ) async throws(PostgresError) -> [PostgresRows] {
        if policy != .ignore, Task.isCancelled { throw .cancelled }
        while isExclusive { await drained() }
        if let closeReason { throw closeReason }
        lastFlight += 1
        let id = lastFlight
        if policy == .ignore { return try await send(statements, as: id).get() }
        return try await withTaskCancellationHandler {
            await send(statements, as: id)
        } onCancel: {
            Task { await self.abandon(id, interrupting: policy == .interrupt) }
        }.get()
    }

    private func send(_ statements: [Statement], as id: Int) async -> Flight.Outcome {
        await withCheckedContinuation { waiter in
            var flight = Flight(id: id, waiter: waiter)
            let all = preamble + statements
            preamble = []
            var sent = true
            for statement in all where sent { sent = send(statement, in: &flight) }
            flights.append(flight)
            if flights.count == 1 { noteHead() }
            if watchdog == nil { watchHead() }
            underWay.add(1, ordering: .relaxed)
            // The sync point ends the flight's implicit transaction, so that its failure stays its own.
            guard sent, PQpipelineSync(handle) == 1 else { return fail() }
            flush()
        }
    }

    /// Queues one statement in libpq's buffer, preceded by its preparation when it is new.
    private func send(_ statement: Statement, in flight: inout Flight) -> Bool {
        guard statement.isPrepared else { return sendOnce(statement, key: nil, in: &flight) }
        let key = statement.key
        switch cache.plan(key) {
        case .once:
            return sendOnce(statement, key: nil, in: &flight)
        case .prepare(let name, let evicted):
            if let evicted {
                guard sendOnce(Statement(word: "deallocate \(evicted)"), key: nil, in: &flight) else { return false }
            }
            flight.parts.append(.preparation(key))
            guard PQsendPrepare(handle, name, statement.text, Int32(key.types.count), key.types) == 1 else {
                return false
            }
            return sendPrepared(name, statement, key: key, in: &flight)
        case .prepared(let name):
            return sendPrepared(name, statement, key: key, in: &flight)
        }
    }

    private func sendPrepared(
        _ name: String,
        _ statement: Statement,
        key: StatementCache.Key,
        in flight: inout Flight
    ) -> Bool {
        flight.parts.append(.execution(key, isVisible: statement.isVisible))
        return statement.binds.withArrays { values, lengths, formats in
            PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, formats, 1) == 1
        }
    }

    private func sendOnce(_ statement: Statement, key: StatementCache.Key?, in flight: inout Flight) -> Bool {
        flight.parts.append(.execution(key, isVisible: statement.isVisible))
        return statement.binds.withArrays { values, lengths, formats in
            let types = statement.binds.types
            return PQsendQueryParams(handle, statement.text, Int32(values.count), types, values, lengths, formats, 1)
                == 1
        }
    }

    private func noteHead() {
        headSince.store(nanoseconds(at: .now), ordering: .relaxed)
    }

    /// Ends the flight at the head.
    func completeHead() {
        guard let flight = flights.popFirst() else { return }
        noteHead()
        underWay.subtract(1, ordering: .relaxed)
        flight.waiter?.resume(returning: flight.outcome)
        if flights.isEmpty { resumeDrained() }
    }

    /// Gives up on a server that neither answers nor closes the connection: frozen, or behind a dead link.
    private func watchHead() {
        guard let answerLimit, let head = flights.first?.id else {
            watchdog = nil
            return
        }
        let timer = loop.schedule(after: answerLimit) { [weak self] in
            self?.assumeIsolated { connection in
                // The one that was at the head is still there: its whole time has passed.
                guard connection.flights.first?.id != head else {
                    return connection.end(with: .connection("the server does not answer"))
                }
                connection.watchHead()
            }
        }
        watchdog = timer
    }

    // MARK: Cancellation

    private func abandon(_ id: Int, interrupting: Bool) {
        guard let index = flights.firstIndex(where: { $0.id == id }), let waiter = flights[index].waiter else { return }
        flights[index].waiter = nil
        if interrupting { interrupt() }
        waiter.resume(returning: .failure(.cancelled))
    }

    /// Asks the server, over a connection of its own on a thread, to cancel what runs.
    func interrupt() {
        guard interruption == nil, closeReason == nil, let request = CancelRequest(handle) else { return }
        interruption = Task { await request.send() }
    }

    /// Waits until a cancel request has been delivered: one that came late would hit the next statement.
    func interruptionDelivered() async {
        await interruption?.value
        interruption = nil
    }

    // MARK: The end

    /// Whether nothing of the last user is left: no flight, no transaction.
    var isClean: Bool {
        closeReason == nil && flights.isEmpty && preamble.isEmpty && !isExclusive
            && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    /// Closes the connection; whoever waits gets an error.
    func close() {
        end(with: .connection("closed"))
    }

    /// Closes the connection because libpq or the server has given it up.
    func fail() {
        guard closeReason == nil else { return }
        end(with: .connection(lastMessage))
    }

    func end(with reason: PostgresError) {
        guard closeReason == nil else { return }
        closeReason = reason
        open.store(false, ordering: .releasing)
        while var flight = flights.popFirst() {
            underWay.subtract(1, ordering: .relaxed)
            flight.fail(reason)
            flight.waiter?.resume(returning: flight.outcome)
        }
        finish()
        exclusiveWaiter?.resume()
        exclusiveWaiter = nil
        resumeDrained()
        onClose?()
        onClose = nil
        onNotification = nil
    }

    /// Gives the socket back at once rather than when the last reference goes.
    private func finish() {
        guard !isFinished else { return }
        isFinished = true
        if let watchdog { loop.cancelTimer(watchdog) }
        if descriptor >= 0 { loop.unwatch(descriptor) }
        PQfinish(handle)
    }

    var lastMessage: String {
        let message = String(cString: PQerrorMessage(handle))
        return message.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    func resumeDrained() {
        let waiters = drainWaiters
        drainWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}
