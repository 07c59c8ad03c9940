import DomainModel
import JobQueue
import Persistence

/// Daily: sees to what should have been settled by now and was not: approvals past their deadline whose own job was lost
/// (discarded, or dead), so that silence never means that nothing is delivered; reports that are not sent a day after they were
/// due.
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
            let late = try await ServiceReports.flagLate(in: tx)
            try await AuditLog.record(
                late.raised.map {
                    Self.event(.flagRaised, $0, to: DeliveryFlagKind.reportLate.rawValue, $0.detail, context)
                }
                    + late.cleared.map { Self.event(.flagCleared, $0, to: nil, "the report was sent", context) },
                in: tx
            )
            try await context.complete(
                result: ["approvals": overdue.count, "reports": late.raised.count],
                in: tx
            )
        }
    }

    private static func event(
        _ action: AuditAction,
        _ late: ServiceReports.Late,
        to flag: String?,
        _ reason: String,
        _ context: JobContext
    ) -> AuditEvent {
        AuditEvent(
            action,
            account: late.accountID,
            subjectKind: ReportStatus.subject,
            subjectID: late.reportID,
            from: flag == nil ? DeliveryFlagKind.reportLate.rawValue : nil,
            to: flag,
            reason: reason,
            jobID: context.id,
            subscription: late.subscriptionID
        )
    }
}
