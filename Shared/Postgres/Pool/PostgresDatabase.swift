public import EventLoop
public import Logging
public import ServiceLifecycle

/// A database: the connections to it, and what can be asked of it.
///
/// Single statements and batches share a few pipelined connections and never wait for a free one; a transaction holds
/// one of its own; notifications have theirs. Connections are opened when needed, and again after they broke: what was
/// under way on a broken one fails with ``PostgresError/connection(_:)``, what comes next waits for the server to be
/// back, up to the configuration's `acquireTimeout`.
///
/// Usable from the moment it is made. ``run()`` keeps it for the life of a process and closes it at the end; without
/// `run()`, call ``close()``.
public final class PostgresDatabase: Service, PostgresQuerying, CustomStringConvertible {
    private let configuration: PostgresConfiguration
    private let logger: Logger
    private let shared: SharedConnections
    private let pool: LeasePool
    private let listener: PostgresListener

    /// Connects to nothing yet.
    /// - Parameters:
    ///   - configuration: where the database is and how hard to lean on it.
    ///   - loop: runs all the connections.
    ///   - logger: gets the server's notices and the attempts to reconnect.
    public init(configuration: PostgresConfiguration, loop: EventLoop, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        let connector = Connector(configuration: configuration, loop: loop, logger: logger)
        shared = SharedConnections(connector: connector)
        pool = LeasePool(connector: connector)
        listener = PostgresListener(connector: connector)
    }

    /// Without the password.
    public var description: String { configuration.description }

    // MARK: Statements

    /// Runs one statement on a shared connection, as its own transaction; prepared once for each connection.
    ///
    /// A statement that takes long holds up those behind it: it belongs into a ``transaction(settings:_:)``.
    @discardableResult
    public func query(_ sql: SQL) async throws(PostgresError) -> PostgresRows {
        try await batch([sql])[0]
    }

    /// Runs the statements in one round trip and one transaction, with `settings` in force for just that.
    ///
    /// When one fails, none of them took effect, and the error is that one's.
    /// - Parameter waitsForDisk: whether the server answers only after a write that takes milliseconds: such statements are
    ///   spread over the connections, so that one works while the other waits.
    @discardableResult
    public func batch(
        _ statements: [SQL],
        settings: [PostgresSetting] = [],
        waitsForDisk: Bool = false
    ) async throws(PostgresError) -> [PostgresRows] {
        if statements.isEmpty { return [] }
        for statement in statements { try statement.checkSize() }
        var flight: [Statement] = []
        flight.reserveCapacity(statements.count + 1)
        if let settings = Statement(settings: settings) { flight.append(settings) }
        for statement in statements { flight.append(Statement(statement)) }
        let connection = try await shared.connection(spread: waitsForDisk)
        do {
            return try await connection.run(flight, onCancel: .abandon)
        } catch  where error.isStalePlan {
            // The server refused the plan before it did anything: plan anew, once.
            return try await connection.run(flight, onCancel: .abandon)
        }
    }

    // MARK: Transactions

    /// Runs `body` in a transaction on a connection of its own.
    ///
    /// `BEGIN` and the settings travel with the first statement. A body that throws rolls back, and the error is passed
    /// on. Nothing is retried: `PostgresError.isRetryable` tells whether doing so makes sense.
    /// - Throws: what `body` throws; ``PostgresError/timeout`` when no connection came free;
    ///   ``PostgresError/outcomeUnknown(_:)`` when the connection was lost between `COMMIT` and its answer.
    public func transaction<Value: Sendable>(
        settings: [PostgresSetting] = [],
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let connection = try await pool.lease()
        await connection.begin(settings)
        let transaction = PostgresTransaction(on: connection)
        let value: Value
        do {
            value = try await body(transaction)
            try await transaction.commit()
        } catch {
            // In a task of its own, as the caller's may have been cancelled.
            await Task {
                await transaction.rollback()
                await pool.giveBack(connection)
            }.value
            throw error
        }
        await pool.giveBack(connection)
        await transaction.runAfterCommit()
        return value
    }

    /// Copies rows into a table, in a transaction; returns how many.
    @discardableResult
    public func copyIn(
        _ table: String,
        columns: [String],
        rows: some Sequence<[(any PostgresEncodable)?]>
    ) async throws -> Int {
        try await transaction { try await $0.copyIn(table, columns: columns, rows: rows) }
    }

    /// Runs a text of any number of statements without values, on a connection that is closed afterwards: what the
    /// script sets meets nobody else. The statements share one transaction unless they say otherwise.
    public func script(_ text: String) async throws(PostgresError) {
        let connection = try await pool.lease()
        do throws(PostgresError) {
            try await connection.script(text)
        } catch {
            await connection.close()
            await pool.giveBack(connection)
            throw error
        }
        await connection.close()
        await pool.giveBack(connection)
    }

    // MARK: Notifications

    /// The payloads of `NOTIFY` on `channel`, until the stream is dropped or the database closed.
    ///
    /// An empty payload comes whenever listening has begun, also after a reconnect: what was notified before that may
    /// have been missed and must be looked up.
    public func listen(_ channel: String) -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        Task { await listener.add(continuation, to: channel) }
        return stream
    }

    // MARK: Life

    /// Opens the first connection and stays until graceful shutdown or cancellation; then closes all.
    public func run() async throws {
        do {
            try await query("select 1")
        } catch {
            logger.warning("PostgreSQL cannot be reached", metadata: ["error": "\(error)"])
        }
        try? await gracefulShutdown()
        await close()
    }

    /// Waits for transactions under way, at most five seconds, and closes all connections. For good.
    public func close() async {
        await listener.close()
        await pool.close(within: .seconds(5))
        await shared.close()
    }
}

extension PostgresConnection {
    /// Has the next flight begin a transaction.
    func begin(_ settings: [PostgresSetting]) {
        preamble = [Statement(word: "begin")]
        if let settings = Statement(settings: settings) { preamble.append(settings) }
    }

    /// Forgets a transaction that has not begun; false when it has.
    func dropPreamble() -> Bool {
        if preamble.isEmpty { return false }
        preamble = []
        return true
    }
}

extension SQL {
    /// The protocol counts a statement's values in 16 bits.
    func checkSize() throws(PostgresError) {
        guard binds.count > 65_535 else { return }
        throw .server(
            sqlState: .tooManyArguments,
            message: "a statement cannot have \(binds.count) values; pass arrays, or use copyIn",
            detail: nil,
            constraint: nil
        )
    }
}
