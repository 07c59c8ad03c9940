import DomainModel
import Foundation
import JobQueue
import Persistence

/// The client opens the mail and approves.
struct ClickApproval: JobTask {
    static let name = "client_clicks_approval"

    struct Payload: Codable, Sendable {
        var approval_id: Int64
        var subscription_id: Int64
    }

    let office: CoreOffice
    var retry: RetryPolicy { .patient }

    static func job(
        _ approval: Approval.ID,
        subscription: ManagedSubscription.ID,
        of account: Account.ID,
        at moment: Date
    ) -> NewJob {
        NewJob(
            queue: CoreOffice.queue,
            task: name,
            account: account.rawValue,
            payload: Payload(approval_id: approval.rawValue, subscription_id: subscription.rawValue),
            uniqueKey: "approval:\(approval)",
            runAt: moment
        )
    }

    func run(_ payload: Payload, _ context: JobContext) async throws {
        let (tenant, account) = try CoreOffice.tenant(context)
        try await office.store.transaction(as: tenant, actor: CoreOffice.actor(context)) { tx in
            let id = Approval.ID(payload.approval_id)
            if var approval = try await Approvals.find(id, for: tenant, lock: .forUpdate, in: tx),
                approval.status == .pending
            {
                let owner = try await Users.contacts(of: account, in: tx).first
                try approval.value.approve(by: owner?.id, at: try await BusinessClock.now(in: tx))
                try await Approvals.save(&approval, in: tx)
                try await office.producer.enqueue(
                    CoreOffice.goOnOnboarding(payload.subscription_id, of: account.rawValue),
                    in: tx
                )
                try await AuditLog.record(
                    AuditEvent(
                        .approved,
                        account: account,
                        subjectKind: ApprovalStatus.subject,
                        subjectID: approval.id.rawValue,
                        from: ApprovalStatus.pending.rawValue,
                        to: ApprovalStatus.approved.rawValue,
                        reason: "the client clicked",
                        jobID: context.id,
                        subscription: ManagedSubscription.ID(payload.subscription_id)
                    ),
                    in: tx
                )
            }
            try await context.complete(in: tx)
        }
    }
}
