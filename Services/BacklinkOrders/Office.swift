import DomainModel
import JobQueue
import Persistence
import Postgres

/// What the tasks of this service work with.
struct Office: Sendable {
    let store: Store
    let producer: JobProducer
    let pages: any PageSource
}

extension Tenant {
    /// A job whose rows may be anybody's: it finds out by their ids whose they are.
    static func job(_ context: JobContext) -> Tenant {
        .system(reason: "\(context.task) \(context.id)")
    }
}

extension Office {
    /// One transaction of a job over all accounts. Audit events are what the body returns, and are written last: from the
    /// first of them to the commit an account's chain is held.
    func transaction(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> [AuditEvent]
    ) async throws {
        try await store.transaction(as: .job(context), actor: "job:\(context.id)") { tx in
            let events = try await body(tx).map { event in
                var event = event
                event.jobID = context.id
                return event
            }
            try await AuditLog.record(events, in: tx)
        }
    }

    /// What a job reads before it decides.
    func read<Value: Sendable>(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await store.read(as: .job(context), actor: "job:\(context.id)", body)
    }
}
