public import EventLoop
import Foundation
import Logging
import NIOConcurrencyHelpers
import Persistence
public import Postgres

/// A database of a test's own, made from a migrated template and dropped at the end.
///
///     try await TestDatabase.withDatabase { test in
///         try await test.service.query("select 1")
///     }
///
/// The server is that of `IGNY8_TEST_DATABASE_URL`, a superuser's URL to a throwaway cluster. Without it the test fails.
public struct TestDatabase: Sendable {
    /// As `igny8_service`: under row security.
    public let service: PostgresDatabase

    /// As `igny8_owner`, who owns the database and everything in it.
    public let owner: PostgresDatabase

    /// The URL of ``service``.
    public let serviceURL: String

    /// The URL of ``owner``.
    public let ownerURL: String

    /// A superuser's URL to the same database.
    public let superuserURL: String

    /// The loop that all the tests' connections run on.
    public static let loop = EventLoop(name: "tests")

    /// Runs `body` with a new database and drops it afterwards, also when `body` throws.
    public static func withDatabase<Value: Sendable>(
        _ template: TestTemplate = .empty,
        _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        await gate.enter()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await withOpenGate(template, body))
        } catch {
            outcome = .failure(error)
        }
        await gate.leave()
        return try outcome.get()
    }

    /// Sixteen at a time, each with up to six connections for two roles: within a cluster's usual limit of 200.
    private static let gate = Gate(places: 16)

    private static func withOpenGate<Value: Sendable>(
        _ template: TestTemplate,
        _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        let server = try TestServer.ofEnvironment()
        let name = "igny8_test_\(getpid())_\(UInt32.random(in: 0 ... .max))"
        let source = try await Templates.shared.database(of: template, on: server)
        try await server.superuser.script("create database \(name) template \(source) owner igny8_owner")
        let serviceURL = server.url(database: name, role: "igny8_service")
        let ownerURL = server.url(database: name, role: "igny8_owner")
        let test = TestDatabase(
            service: TestServer.open(serviceURL),
            owner: TestServer.open(ownerURL),
            serviceURL: serviceURL,
            ownerURL: ownerURL,
            superuserURL: server.url(database: name, role: nil)
        )
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(test))
        } catch {
            outcome = .failure(error)
        }
        await Task {
            await test.service.close()
            await test.owner.close()
        }.value
        try await Task { try await server.superuser.script("drop database if exists \(name) with (force)") }.value
        return try outcome.get()
    }
}

/// What a new database starts with: made once for each process, then copied.
public struct TestTemplate: Sendable {
    let name: String
    let migrate: @Sendable (PostgresDatabase) async throws -> Void

    /// - Parameters:
    ///   - name: tells templates apart within a process.
    ///   - migrate: fills the template; the database it gets is connected as `igny8_owner`.
    public init(_ name: String, migrate: @escaping @Sendable (PostgresDatabase) async throws -> Void) {
        self.name = name
        self.migrate = migrate
    }

    /// Nothing but what PostgreSQL brings.
    public static let empty = TestTemplate("empty") { _ in }

    /// The product's schema and its catalogue.
    public static let migrated = TestTemplate("migrated") { owner in
        _ = try await Migrations.run(owner)
    }
}

/// The cluster that the environment names.
struct TestServer: Sendable {
    let components: URLComponents
    let superuser: PostgresDatabase

    private static let cached = NIOLockedValueBox<TestServer?>(nil)

    static func ofEnvironment() throws -> TestServer {
        try cached.withLockedValue { cached in
            if let cached { return cached }
            guard let url = ProcessInfo.processInfo.environment["IGNY8_TEST_DATABASE_URL"] else {
                throw TestSetupError(
                    "IGNY8_TEST_DATABASE_URL is not set: it must name a superuser's throwaway cluster"
                )
            }
            guard let components = URLComponents(string: url) else {
                throw TestSetupError("IGNY8_TEST_DATABASE_URL is not a URL")
            }
            let server = TestServer(components: components, superuser: open(url))
            cached = server
            return server
        }
    }

    static func open(_ url: String) -> PostgresDatabase {
        var configuration = PostgresConfiguration(url: url, applicationName: "igny8-tests")
        // A busy machine is no fault of the database.
        configuration.connectTimeout = .seconds(60)
        configuration.acquireTimeout = .seconds(60)
        var logger = Logger(label: "tests.postgres")
        logger.logLevel = .warning
        return PostgresDatabase(configuration: configuration, loop: TestDatabase.loop, logger: logger)
    }

    /// The URL of `database` for one of our roles, or for the superuser.
    func url(database: String, role: String?) -> String {
        var components = components
        components.path = "/\(database)"
        if let role {
            components.user = role
            components.password = "igny8"
        }
        return components.string ?? ""
    }
}

/// The templates that this process has made.
private actor Templates {
    static let shared = Templates()

    private var databases: [String: Task<String, any Error>] = [:]
    private var preparation: Task<Void, any Error>?

    func database(of template: TestTemplate, on server: TestServer) async throws -> String {
        let preparation = preparation ?? Task { try await Self.prepare(server) }
        self.preparation = preparation
        try await preparation.value
        let task = databases[template.name] ?? Task { try await Self.make(template, on: server) }
        databases[template.name] = task
        return try await task.value
    }

    /// Makes the roles, and drops what processes that have died left behind.
    private static func prepare(_ server: TestServer) async throws {
        try await server.superuser.transaction { transaction in
            try await transaction.query("select pg_advisory_xact_lock(4849)")
            for role in ["igny8_owner", "igny8_service", "igny8_readonly"] {
                let exists = try await transaction.query("select 1 from pg_roles where rolname = \(role)")
                if exists.isEmpty { try await transaction.query("create role \(identifier: role)") }
                try await transaction.query("alter role \(identifier: role) login password 'igny8'")
            }
        }
        for row in try await server.superuser.query(
            "select datname from pg_database where datname like 'igny8\\_test\\_%'"
        ) {
            let name: String = try row.decode("datname")
            let process = name.split(separator: "_").compactMap { pid_t($0) }.first
            guard let process, kill(process, 0) != 0, errno == ESRCH else { continue }
            try await server.superuser.script("drop database if exists \(name) with (force)")
        }
    }

    private static func make(_ template: TestTemplate, on server: TestServer) async throws -> String {
        let name = "igny8_test_\(getpid())_template_\(template.name)"
        try await server.superuser.script("create database \(name) template template0 owner igny8_owner")
        let owner = TestServer.open(server.url(database: name, role: "igny8_owner"))
        do {
            try await template.migrate(owner)
        } catch {
            await owner.close()
            throw error
        }
        // A database can be copied only while nobody is connected to it.
        await owner.close()
        let others: SQL = "select 1 from pg_stat_activity where datname = \(name)"
        while try await !server.superuser.query(others).isEmpty { await Task.yield() }
        return name
    }
}

/// Lets a limited number in at a time, in the order they came.
private actor Gate {
    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { self.places = places }

    func enter() async {
        guard places == 0 else {
            places -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
    }
}
