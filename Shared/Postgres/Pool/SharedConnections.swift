import NIOConcurrencyHelpers

/// The pipelined connections that single statements and batches share; each is opened when first needed, and again
/// after it broke.
final class SharedConnections: Sendable {
    private typealias Attempt = Task<Result<PostgresConnection, PostgresError>, Never>

    private struct Slot {
        var connection: PostgresConnection?
        /// The attempt to open it that is under way.
        var attempt: Attempt?

        var openConnection: PostgresConnection? { connection?.isOpen == true ? connection : nil }
    }

    private struct State {
        var slots: [Slot]
        var isClosed = false
    }

    private let connector: Connector
    private let state: NIOLockedValueBox<State>

    init(connector: Connector) {
        self.connector = connector
        let count = max(1, connector.configuration.sharedConnections)
        state = NIOLockedValueBox(State(slots: Array(repeating: Slot(), count: count)))
    }

    /// The first open connection on which flights pass quickly; when none is, the one with the fewest under way. When
    /// there is none at all, waits for one to be opened.
    ///
    /// One pipeline is cheaper than several as long as it moves: the server's process stays awake and goes from flight
    /// to flight. Behind a long statement, or a long queue, the next connection takes over.
    ///
    /// - Parameter spread: rather the one with the fewest under way at once: for statements that wait for the disk.
    func connection(spread: Bool) async throws(PostgresError) -> PostgresConnection {
        let now = ContinuousClock.now
        let (best, isBusy, missing, isClosed) = state.withLockedValue { state in
            var best: PostgresConnection?
            var isBusy = true
            var missing: Int?
            for (index, slot) in state.slots.enumerated() {
                if let connection = slot.openConnection {
                    guard isBusy else { continue }
                    if spread ? connection.load == 0 : connection.isMoving(at: now) {
                        (best, isBusy) = (connection, false)
                    } else if connection.load < best?.load ?? .max {
                        best = connection
                    }
                } else if slot.attempt == nil {
                    missing = missing ?? index
                }
            }
            return (best, isBusy, missing, state.isClosed)
        }
        if isClosed { throw .connection("closed") }
        guard let best else { return try await openSlot(missing ?? 0).value.get() }
        // The others are opened beside the work, once one is not enough.
        if let missing, isBusy { _ = openSlot(missing) }
        return best
    }

    /// The attempt to open slot `index`: the one under way, or one begun now.
    private func openSlot(_ index: Int) -> Attempt {
        state.withLockedValue { state in
            if let attempt = state.slots[index].attempt { return attempt }
            if let connection = state.slots[index].openConnection { return Attempt { .success(connection) } }
            let attempt = Attempt { await self.fillSlot(index) }
            state.slots[index].attempt = attempt
            return attempt
        }
    }

    private func fillSlot(_ index: Int) async -> Result<PostgresConnection, PostgresError> {
        let connection: PostgresConnection
        do throws(PostgresError) {
            connection = try await connector.connect()
        } catch {
            let isClosed = state.withLockedValue { state in
                state.slots[index].attempt = nil
                return state.isClosed
            }
            // Who waited for it was not cancelled; the database was closed under it.
            return .failure(isClosed ? .connection("closed") : error)
        }
        let isClosed = state.withLockedValue { state in
            state.slots[index] = Slot(connection: connection)
            return state.isClosed
        }
        guard !isClosed else {
            await connection.close()
            return .failure(.connection("closed"))
        }
        return .success(connection)
    }

    /// Closes all, and waits for those that are being opened to be given up; later callers get an error.
    func close() async {
        let slots = state.withLockedValue { state in
            state.isClosed = true
            return state.slots
        }
        for slot in slots {
            slot.attempt?.cancel()
            _ = await slot.attempt?.value
            await slot.connection?.close()
        }
    }
}
