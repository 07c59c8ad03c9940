import JobQueue
import Persistence
import Postgres

/// Daily: forgets outgoing events of a quarter ago, with what was tried to deliver them; those that are still being
/// delivered stay. A handful a transaction.
struct ForgetOutgoingEvents: JobTask {
    static let name = "forget_outgoing_events"

    let office: Office

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        var total = 0
        while true {
            let forgotten = try await office.transaction(context) { tx in
                try await OutgoingEvents.forget(olderThan: Self.days, atMost: Self.handful, in: tx)
            }
            total += forgotten
            if forgotten < Self.handful { break }
        }
        try await office.transaction(context) { [total] tx in
            try await context.complete(result: ["events": total], in: tx)
        }
    }

    /// As long as finished jobs are kept.
    static let days = 92
    private static let handful = 1_000
}
