import NIOConcurrencyHelpers

/// One transaction on a connection of its own. Valid until the closure that got it returns.
public struct PostgresTransaction: PostgresQuerying {
    private struct State {
        var hasEnded = false
        var afterCommit: [@Sendable () async -> Void] = []
    }

    let connection: PostgresConnection
    private let state = NIOLockedValueBox(State())

    init(on connection: PostgresConnection) {
        self.connection = connection
    }

    /// Runs one statement. After a failed one the transaction can only be rolled back.
    @discardableResult
    public func query(_ sql: SQL) async throws(PostgresError) -> PostgresRows {
        try await batch([sql])[0]
    }

    /// Runs the statements in one round trip; after the first that fails the others are skipped.
    @discardableResult
    public func batch(_ statements: [SQL]) async throws(PostgresError) -> [PostgresRows] {
        try checkOpen()
        if statements.isEmpty { return [] }
        for statement in statements { try statement.checkSize() }
        return try await connection.run(statements.map(Statement.init), onCancel: .interrupt)
    }

    /// Runs a text of any number of statements without values, such as a migration.
    public func script(_ text: String) async throws(PostgresError) {
        try checkOpen()
        try await connection.script(text)
    }

    /// Copies rows into a table; returns how many.
    /// - Parameters:
    ///   - table: its name, without a schema.
    ///   - columns: their names, in the order of each row's values.
    ///   - rows: made as they are sent, so there may be more than memory holds.
    @discardableResult
    public func copyIn(
        _ table: String,
        columns: [String],
        rows: some Sequence<[(any PostgresEncodable)?]>
    ) async throws(PostgresError) -> Int {
        try checkOpen()
        let names = columns.map(quotedIdentifier).joined(separator: ", ")
        try await connection.beginCopy("copy \(quotedIdentifier(table)) (\(names)) from stdin")
        var text = CopyText()
        do throws(PostgresError) {
            for row in rows {
                if Task.isCancelled { throw .cancelled }
                text.append(row)
                if text.isFull { try await connection.copyData(text.take()) }
            }
            try await connection.copyData(text.take())
        } catch {
            _ = try? await connection.endCopy(failing: "given up by the client")
            throw error
        }
        return try await connection.endCopy()
    }

    /// Runs `action` after a successful `COMMIT`, in the order of the calls, before `transaction` returns. After a
    /// rollback, or a lost `COMMIT`, it is forgotten. Its failures are its own affair.
    public func afterCommit(_ action: @escaping @Sendable () async -> Void) {
        state.withLockedValue { $0.afterCommit.append(action) }
    }

    private func checkOpen() throws(PostgresError) {
        if state.withLockedValue({ $0.hasEnded }) { throw .connection("the transaction has ended") }
    }

    // MARK: The end

    /// Commits, unless nothing was sent at all.
    func commit() async throws(PostgresError) {
        state.withLockedValue { $0.hasEnded = true }
        if await connection.dropPreamble() { return }
        await connection.drained()
        if !connection.isOpen { throw .connection("lost before COMMIT was sent") }
        let rows: [PostgresRows]
        do {
            rows = try await connection.run([Statement(word: "commit", isVisible: true)], onCancel: .ignore)
        } catch .connection(let message) {
            throw .outcomeUnknown(message)
        }
        // COMMIT of a failed transaction "succeeds" as a rollback.
        guard rows.first?.commandTag == "COMMIT" else {
            throw .server(
                sqlState: .inFailedTransaction,
                message: "rolled back: one of its statements had failed",
                detail: nil,
                constraint: nil
            )
        }
    }

    /// Rolls back, unless nothing was sent at all. A connection that cannot do even that is closed by the pool.
    func rollback() async {
        state.withLockedValue { $0.hasEnded = true }
        await connection.interruptionDelivered()
        if await connection.dropPreamble() { return }
        _ = try? await connection.run([Statement(word: "rollback")], onCancel: .ignore)
    }

    func runAfterCommit() async {
        for action in state.withLockedValue({ $0.afterCommit }) { await action() }
    }
}
