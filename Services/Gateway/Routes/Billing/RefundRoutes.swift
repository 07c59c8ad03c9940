import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence

/// Refunds, and what a second member of staff says of those above the limit (spec 10).
enum RefundRoutes {
    static let endpoints = [list, approve, reject]

    private static let list = Endpoint.list(
        "billing/refunds/",
        .anyone,
        "listRefunds",
        "Refunds: all for staff, the account's own for members; awaits_approval shows those that wait for a second person",
        Resources.refunds
    ).with { $0.scope = .billingRead }

    private static let approve = decision(
        "approve/",
        "approveRefund",
        "Agree to a refund that another member of staff has asked for: it is given"
    ) { refund, write in
        let job = SubscriptionsJobs.refundPayment(refund.id.rawValue, account: refund.accountID)
        let jobID = try await write.enqueue(job)
        try await note(.refundApproved, refund, write)
        return .refund(refund, job: jobID, task: job.task)
    }.with {
        $0.success = .accepted
        $0.answer = .acceptedRefund
    }

    private static let reject = decision(
        "reject/",
        "rejectRefund",
        "Refuse a refund that another member of staff has asked for: its amount is free again",
        isApproved: false
    ) { refund, write in
        try await note(.refundRejected, refund, write)
        return try await write.answer(Resources.refunds, refund.id.rawValue)
    }.with {
        $0.answer = Resources.refunds.schema
        $0.hasETag = true
    }

    private static func decision(
        _ path: String,
        _ operation: String,
        _ summary: String,
        isApproved: Bool = true,
        _ follow: @escaping @Sendable (Refund, Write) async throws -> Answer
    ) -> Endpoint {
        Endpoint(.post, "billing/refunds/{id}/\(path)", .staff, operation, summary) { call in
            let id = Refund.ID(try call.id())
            return try await call.write { write in
                guard let asked = try await Refunds.find(id, for: write.tenant, in: write.tx) else {
                    throw Problem.notFound
                }
                // The payment's row first, as everywhere.
                _ = try await Payments.find(asked.paymentID, for: write.tenant, lock: .forUpdate, in: write.tx)
                guard let refund = try await Refunds.find(id, for: write.tenant, lock: .forUpdate, in: write.tx),
                    refund.status == .pending, refund.awaitsApproval
                else { throw Problem.conflict("not-waiting", "This refund does not wait for anybody's approval.") }
                guard let user = write.identity.userID else {
                    throw Problem.forbidden("A person has to agree to it, signed in.")
                }
                do {
                    try await Refunds.decide(refund, by: user, isApproved: isApproved, in: write.tx)
                } catch let error as SecondPersonNeeded {
                    throw Problem.forbidden(error.description)
                }
                return try await follow(refund.value, write)
            }
        }.with { $0.problems = [.conflict] }
    }

    private static func note(_ action: AuditAction, _ refund: Refund, _ write: Write) async throws {
        try await write.audit(
            action,
            Subject("payment", refund.paymentID.rawValue, account: refund.accountID),
            Change(reason: "\(refund.number) over \(refund.amount): \(refund.reason)")
        )
    }
}

extension Answer {
    /// 202 with the refund, and the job that gives it back; without one while it waits for a second person.
    static func refund(_ refund: Refund, job: Int64?, task: String) -> Answer {
        let answer = Answer.json(.accepted) { writer in
            writer.object { writer in
                writer.member("refund_id", refund.id.rawValue)
                writer.member("number", refund.number)
                writer.member("awaits_approval", job == nil)
                if let job { writer.acceptedJob(job, task: task) }
            }
        }
        guard let job else { return answer }
        return answer.with(header: .location, "\(Endpoint.root)jobs/\(job)/")
    }
}

extension Schema {
    /// See ``Answer/refund(_:job:task:)``.
    static let acceptedRefund = Schema.named(
        "AcceptedRefund",
        .object(
            [
                .required("refund_id", .id), .required("number", .text(max: 64)),
                .required("awaits_approval", .boolean, "A second member of staff has to agree; there is no job yet."),
            ] + Schema.acceptedJob.fields.map { Schema.Field.optional($0.name, $0.schema) }
        )
    )
}
