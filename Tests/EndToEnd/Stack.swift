import EventLoop
import Foundation
import Logging
import Persistence
import Postgres
import Subprocess

/// A local stack of real processes, as `deploy/up` left it.
struct Stack: Sendable {
    /// What `stack.json` tells (issue: the file is for people and tests).
    struct Description: Decodable, Sendable {
        struct Login: Decodable, Sendable {
            let email: String
            let password: String
        }
        struct Client: Decodable, Sendable {
            let name: String
            let account_id: Int64
            let site_id: Int64
            let subscription_id: Int64
            let email: String
            let password: String
        }
        let gateway: String
        let sandbox: String
        let staff: Login
        let clients: [Client]
        let database: String
        let redis: String
        /// Files that hold the process ids, by service.
        let pids: [String: String]
        let binaries: String
        /// A file of `export NAME=value` lines.
        let environment: String
    }

    let description: Description
    let database: PostgresDatabase
    let store: Store

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// The stack that `IGNY8_STACK` names by its `stack.json`; a run without one fails.
    static func ofEnvironment() throws -> Stack {
        guard let path = ProcessInfo.processInfo.environment["IGNY8_STACK"] else {
            throw Missing(
                description: "IGNY8_STACK is not set: it must name the stack.json of a running stack (deploy/up)"
            )
        }
        return try Stack(at: path)
    }

    init(at path: String) throws {
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        description = try JSONDecoder().decode(Description.self, from: file)
        var configuration = PostgresConfiguration(url: description.database, applicationName: "igny8-end-to-end")
        configuration.leasedConnections = 2
        database = PostgresDatabase(configuration: configuration, loop: Self.loop, logger: Logger(label: "end-to-end"))
        store = Store(database: database)
    }

    static let loop = EventLoop(name: "end-to-end")

    /// Rows as the system sees them.
    func rows(_ sql: SQL) async throws -> PostgresRows {
        try await store.batch(as: .system(reason: "end-to-end test"), actor: "test", [sql])[0]
    }

    // MARK: Processes

    /// What a command printed and how it ended.
    struct Outcome: Sendable {
        let succeeded: Bool
        let output: String
    }

    /// Runs `igny8` with the stack's environment.
    func igny8(_ arguments: String..., as process: RunningProcess = RunningProcess()) async throws -> Outcome {
        try await Self.run("\(description.binaries)/igny8", arguments, environment: try environment(), as: process)
    }

    /// Kills a process of the stack as a power cut would; its supervisor starts it again.
    /// - Returns: false when it is between two lives.
    @discardableResult
    func kill(_ process: String) throws -> Bool {
        guard let file = description.pids[process] else { throw Missing(description: "there is no process \(process)") }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return false }
        return Glibc.kill(pid, SIGKILL) == 0
    }

    /// One command to the stack's Redis.
    @discardableResult
    func redis(_ arguments: String...) async throws -> Outcome {
        try await Self.run("/usr/bin/redis-cli", ["-u", description.redis, "--no-auth-warning"] + arguments)
    }

    func environment() throws -> [String: String] {
        var values: [String: String] = [:]
        for line in try String(contentsOfFile: description.environment, encoding: .utf8).split(separator: "\n") {
            guard line.hasPrefix("export "), let equals = line.firstIndex(of: "=") else { continue }
            let name = line[line.index(line.startIndex, offsetBy: 7)..<equals]
            values[String(name)] = line[line.index(after: equals)...]
                .trimmingCharacters(in: CharacterSet(charactersIn: "'\""))
        }
        return values
    }

    static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        as process: RunningProcess = RunningProcess()
    ) async throws -> Outcome {
        var updates: [Environment.Key: String?] = [:]
        for (name, value) in environment { updates[Environment.Key(stringLiteral: name)] = value }
        let result = try await Subprocess.run(
            // By way of env, which becomes the program: a path would need a package for its type alone.
            .name("env"),
            arguments: Arguments([program] + arguments),
            environment: .inherit.updating(updates),
            input: .none,
            output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 22)
        ) { execution in
            process.started(execution.processIdentifier.value)
        }
        process.ended()
        return Outcome(
            succeeded: result.terminationStatus.isSuccess,
            output: result.standardOutput + result.standardError
        )
    }
}
