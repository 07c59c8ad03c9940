public import JobQueue
public import Postgres

/// A job that writes down what it does, so that lost and doubled work can be counted afterwards.
///
/// Each attempt leaves a row in `chaos_starts` in a transaction of its own, as a call to a provider would (level 0: at
/// least once). The effect proper goes into `chaos_effects` in the transaction that completes the job (level 1: once).
public struct LedgerTask: JobTask {
    /// What one job does.
    public enum Act: String, Codable, Sendable, CaseIterable {
        /// Its effect and its end in one transaction.
        case ledger
        /// As `ledger`, but its first attempt fails.
        case failOnce
        /// A start and nothing more; its end goes through the acknowledgements.
        case plain
        /// As `ledger`, but its first claim never ends by itself.
        case hang
        /// Kills the process it runs in.
        case die
    }

    /// One job's part.
    public struct Payload: Codable, Sendable {
        /// Its number in the ledger; each is enqueued once.
        public let number: Int
        /// What it does.
        public let act: Act
        /// How long it works, in milliseconds.
        public let milliseconds: Int

        /// A part.
        public init(_ number: Int, _ act: Act, milliseconds: Int = 0) {
            self.number = number
            self.act = act
            self.milliseconds = milliseconds
        }
    }

    public static let name = "ledger"

    /// More attempts than a run has faults: an outage is not the job's fault, and must not end it.
    public let retry = RetryPolicy(maxAttempts: 1_000, base: .milliseconds(100), longest: .seconds(2))

    public let timeout: Duration = .seconds(120)

    private let database: PostgresDatabase
    private let worker: String

    /// A task that writes to the ledger in `database` under the name of `worker`.
    public init(database: PostgresDatabase, worker: String) {
        self.database = database
        self.worker = worker
    }

    public func run(_ payload: Payload, _ context: JobContext) async throws {
        try await database.query(
            """
            insert into chaos_starts (number, job, fence, worker)
            values (\(payload.number), \(context.id), \(context.fence), \(worker))
            """
        )
        switch payload.act {
        case .die: ProcessEnd.kill()
        case .hang where context.fence == 1: try await Task.sleep(for: .seconds(600))
        case .failOnce where context.attempt == 1: throw Mishap()
        case .ledger, .failOnce, .plain, .hang:
            if payload.milliseconds > 0 { try await Task.sleep(for: .milliseconds(payload.milliseconds)) }
        }
        guard payload.act != .plain else { return }
        try await database.transaction(settings: Ledger.settings) { transaction in
            try await transaction.query(
                """
                insert into chaos_effects (number, job, fence, worker)
                values (\(payload.number), \(context.id), \(context.fence), \(worker))
                """
            )
            try await context.complete(in: transaction)
        }
    }

    private struct Mishap: Error, CustomStringConvertible {
        var description: String { "the first attempt fails, as it should" }
    }
}
