import EventLoop
import Logging
import Testing

@testable import Postgres

extension PostgresDatabase {
    /// The value of the first column of the first row.
    func value<Value: PostgresDecodable>(_ sql: SQL, as: Value.Type = Value.self) async throws -> Value {
        try #require(try await query(sql).first).decode(0)
    }
}

extension PostgresTransaction {
    /// The value of the first column of the first row.
    func value<Value: PostgresDecodable>(_ sql: SQL, as: Value.Type = Value.self) async throws -> Value {
        try #require(try await query(sql).first).decode(0)
    }
}

let quiet: Logger = {
    var logger = Logger(label: "tests.postgres")
    logger.logLevel = .critical
    return logger
}()

/// A database with a configuration of the test's own.
func database(
    _ url: String,
    on loop: EventLoop,
    configure: (inout PostgresConfiguration) -> Void = { _ in }
) -> PostgresDatabase {
    var configuration = PostgresConfiguration(url: url, applicationName: "postgres-tests")
    configure(&configuration)
    return PostgresDatabase(configuration: configuration, loop: loop, logger: quiet)
}

/// What `body` throws, as a `PostgresError`.
func failure<Value>(of body: () async throws -> Value) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// Looks until `condition` holds: for what another server process does in its own time.
func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try Task.checkCancellation() }
}
