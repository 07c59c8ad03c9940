import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// What is due about an approval (``Approval/step(at:)``): the mail that asks, the reminder, and at the deadline what was
/// agreed for silence: a yes, or staff who settle it. Each writes the job of the next moment. Run twice at once, the second
/// waits at the rows and finds it done.
struct FollowUpApproval: JobTask {
    static let name = "follow_up_approval"

    let office: Office

    func run(_ payload: SubscriptionsJobs.Approval, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        try await office.transaction(context) { tx in
            guard var desk = try await ApprovalDecisions.hold(payload.approvalID, for: tenant, in: tx) else {
                throw JobError.permanent("there is no approval \(payload.approvalID)")
            }
            let step = desk.approval.value.step(at: desk.now)
            try await take(step, &desk, in: tx)
            try await context.complete(result: ["step": step.word], in: tx)
        }
    }

    private func take(
        _ step: Approval.Step,
        _ desk: inout ApprovalDecisions.Desk,
        in tx: PostgresTransaction
    ) async throws {
        switch step {
        case .nothing:
            return
        case .wait(let moment):
            return try await comeBack(at: moment, desk, in: tx)
        case .ask:
            desk.approval.askedAt = desk.now
            try await mail(desk, isReminder: false, in: tx)
        case .remind:
            desk.approval.remindedAt = desk.now
            try await mail(desk, isReminder: true, in: tx)
        case .approve:
            if let hindrance = try await hindrance(desk, in: tx) {
                return try await escalate(&desk, because: hindrance, in: tx)
            }
            let outcome = try await ApprovalDecisions.decide(
                .approve(comment: "no answer until the deadline"),
                &desk,
                by: nil,
                way: .deadline,
                in: tx
            )
            try await office.producer.enqueue(outcome.jobs, in: tx)
            return try office.note(outcome.events)
        case .escalate:
            return try await escalate(&desk, because: "no answer until the deadline", in: tx)
        }
        try await Approvals.save(&desk.approval, in: tx)
        if case .wait(let moment) = desk.approval.value.step(at: desk.now) {
            try await comeBack(at: moment, desk, in: tx)
        }
    }

    private func comeBack(
        at moment: Date,
        _ desk: ApprovalDecisions.Desk,
        in tx: PostgresTransaction
    ) async throws {
        try await office.producer.enqueue(
            SubscriptionsJobs.followUp(desk.approval.id, account: desk.approval.accountID, at: moment),
            in: tx
        )
    }

    /// Why silence cannot be taken for a yes after all; nothing is written before it is asked.
    private func hindrance(_ desk: ApprovalDecisions.Desk, in tx: PostgresTransaction) async throws -> String? {
        guard let order = desk.order else { return "nothing was agreed for silence" }
        do {
            try await OrderApprovals.requireUnchanged(desk.approval.value, order, in: tx)
            try await OrderApprovals.requireApprovable(order, in: tx)
            let agreed = try await AgreedSpending.read(for: order.order.value, at: desk.now, of: order.account, in: tx)
            let amount = try await OrderApprovals.offer(of: order, in: tx).amount
            return try agreed.covers(amount) ? nil : BudgetExceeded(amount: amount, left: agreed.budgetLeft).description
        } catch let refusal as OfferChanged {
            return refusal.description
        } catch let refusal as SpendStopped {
            return refusal.description
        } catch let refusal as IllegalTransition {
            return refusal.description
        } catch BacklinkOrderError.belowFloor(let refusal) {
            return refusal.description
        }
    }

    /// Staff settle it with the client, whose links go on working for a week.
    private func escalate(
        _ desk: inout ApprovalDecisions.Desk,
        because reason: String,
        in tx: PostgresTransaction
    ) async throws {
        guard desk.approval.escalatedAt == nil else { return }
        desk.approval.escalatedAt = desk.now
        desk.approval.expiresAt = max(desk.approval.expiresAt ?? desk.now, desk.now.addingTimeInterval(7 * 86_400))
        try await Approvals.save(&desk.approval, in: tx)
        let account = try await office.account(desk.approval.accountID, in: tx)
        for recipient in try await responsible(for: desk, in: tx) {
            try await office.send(
                .orderUnanswered(
                    manager: recipient.name,
                    client: account.name,
                    order: desk.approval.subjectID,
                    because: reason,
                    house: office.house
                ),
                to: recipient.email,
                key: "order_unanswered:\(desk.approval.id):\(recipient.id)",
                account: account.id,
                in: tx
            )
        }
        let event = Approvals.event(.submitted, desk.approval.value, from: .pending, because: "to staff: \(reason)")
        try office.note([event])
    }

    /// The client's manager; without one, the agency's admins.
    private func responsible(for desk: ApprovalDecisions.Desk, in tx: PostgresTransaction) async throws -> [User] {
        let tenant = Tenant.system(reason: Self.name)
        if let id = try await Approvals.subscription(of: desk.approval.id, in: tx),
            let subscription = try await ManagedSubscriptions.find(id, for: tenant, in: tx),
            let manager = subscription.accountManagerID,
            let user = try await Users.find(manager, for: tenant, in: tx), user.isActive
        {
            return [user.value]
        }
        return try await Users.staff(role: .admin, in: tx).map(\.value)
    }

    /// A letter to each owner and admin, each with a link of their own.
    private func mail(
        _ desk: ApprovalDecisions.Desk,
        isReminder: Bool,
        in tx: PostgresTransaction
    ) async throws {
        guard let order = desk.order, let deadline = desk.approval.deadline else { return }
        let approval = desk.approval.value
        let offer = try await OrderApprovals.offer(of: order, in: tx)
        let contacts = try await Users.contacts(of: approval.accountID, in: tx)
        let tokens = contacts.map { _ in TokenHash.newToken(prefix: "ap_") }
        try await Approvals.addLinks(zip(contacts, tokens).map { ($0.id, $1) }, to: approval, in: tx)
        try await office.send(
            zip(contacts, tokens).map { contact, token in
                Post(
                    letter: .orderApproval(
                        contact: contact.name,
                        offer: offer,
                        deadline: deadline,
                        zone: order.account.timeZone,
                        token: token,
                        isReminder: isReminder,
                        house: office.house
                    ),
                    recipient: contact.email,
                    key: "\(isReminder ? "order_reminder" : "order_approval"):\(approval.id):\(contact.id)",
                    account: approval.accountID,
                    subscription: order.order.subscriptionID
                )
            },
            in: tx
        )
    }
}

extension Approval.Step {
    fileprivate var word: String {
        switch self {
        case .ask: "asked"
        case .remind: "reminded"
        case .approve, .escalate: "closed"
        case .wait: "waits"
        case .nothing: "nothing"
        }
    }
}

extension Office {
    /// Notes events that others have put together.
    func note(_ events: [AuditEvent]) throws {
        for event in events {
            guard let account = event.accountID, let id = event.subjectID else { continue }
            try note(
                event.action,
                on: AuditSubject(
                    account: account,
                    kind: event.subjectKind,
                    id: id,
                    subscription: event.subscriptionID
                ),
                from: event.from,
                to: event.to,
                because: event.reason
            )
        }
    }
}
