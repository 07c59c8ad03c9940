import DequeModule
import EventLoop

/// The connections that transactions hold, one each. Who finds none free waits in line, for a limited time.
actor LeasePool {
    private enum Grant {
        case connection(PostgresConnection)
        /// A place in the pool, to open a connection in.
        case place
    }

    private struct Waiter {
        let id: Int
        let timer: Int
        let continuation: CheckedContinuation<Result<Grant, PostgresError>, Never>
    }

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let connector: Connector
    private let limit: Int
    private var idle: [PostgresConnection] = []
    /// Idle, leased and being opened.
    private var total = 0
    private var waiters: Deque<Waiter> = []
    private var lastWaiter = 0
    private var isClosed = false
    private var closing: CheckedContinuation<Void, Never>?

    init(connector: Connector) {
        self.connector = connector
        loop = connector.loop
        limit = max(1, connector.configuration.leasedConnections)
    }

    /// A connection of the caller's own until ``giveBack(_:)``.
    func lease() async throws(PostgresError) -> PostgresConnection {
        if isClosed { throw .connection("closed") }
        while let connection = idle.popLast() {
            if connection.isOpen { return connection }
            total -= 1
        }
        if total < limit {
            total += 1
            return try await openInPlace()
        }
        switch try await waitInLine() {
        case .connection(let connection): return connection
        case .place: return try await openInPlace()
        }
    }

    /// Takes a connection back; one that is not as it was lent is closed.
    func giveBack(_ connection: PostgresConnection) async {
        if await connection.isClean, !isClosed {
            if let waiter = takeWaiter() {
                waiter.resume(returning: .success(.connection(connection)))
            } else {
                idle.append(connection)
            }
        } else {
            await connection.close()
            freePlace()
        }
    }

    /// Waits until every connection is back, at most `limit`, and closes them.
    func close(within limit: Duration) async {
        isClosed = true
        while let waiter = takeWaiter() { waiter.resume(returning: .failure(.connection("closed"))) }
        for connection in idle { await connection.close() }
        total -= idle.count
        idle = []
        guard total > 0 else { return }
        await withCheckedContinuation { continuation in
            closing = continuation
            loop.schedule(after: limit) { [weak self] in self?.assumeIsolated { $0.closed() } }
        }
    }

    private func closed() {
        closing?.resume()
        closing = nil
    }

    private func openInPlace() async throws(PostgresError) -> PostgresConnection {
        do throws(PostgresError) {
            return try await connector.connect()
        } catch {
            freePlace()
            throw error
        }
    }

    private func freePlace() {
        if let waiter = takeWaiter() {
            waiter.resume(returning: .success(.place))
        } else {
            total -= 1
            if isClosed, total == 0 { closed() }
        }
    }

    // MARK: The line

    private func waitInLine() async throws(PostgresError) -> Grant {
        lastWaiter += 1
        let id = lastWaiter
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = loop.schedule(after: connector.configuration.acquireTimeout) { [weak self] in
                    self?.assumeIsolated { $0.dismiss(id, because: .timeout) }
                }
                waiters.append(Waiter(id: id, timer: timer, continuation: continuation))
            }
        } onCancel: {
            Task { await self.dismiss(id, because: .cancelled) }
        }.get()
    }

    private func takeWaiter() -> CheckedContinuation<Result<Grant, PostgresError>, Never>? {
        guard let waiter = waiters.popFirst() else { return nil }
        loop.cancelTimer(waiter.timer)
        return waiter.continuation
    }

    private func dismiss(_ id: Int, because reason: PostgresError) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        let waiter = waiters.remove(at: index)
        loop.cancelTimer(waiter.timer)
        waiter.continuation.resume(returning: .failure(reason))
    }
}
