import JobQueue
import Persistence

/// Daily: sees to what should have been settled by now and was not. So far: approvals past their deadline whose own job was
/// lost (discarded, or dead), so that silence never means that nothing is delivered.
struct CheckOverdueDeliverables: JobTask {
    static let name = "check_overdue_deliverables"

    let office: Office

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            let now = try await BusinessClock.now(in: tx)
            let overdue = try await Approvals.overdue(at: now, in: tx)
            try await office.producer.enqueue(
                overdue.map { SubscriptionsJobs.followUp($0.id, account: $0.account) },
                in: tx
            )
            try await context.complete(result: ["approvals": overdue.count], in: tx)
        }
    }
}
