public import DomainModel
public import Foundation
public import Postgres

/// What a client says to what was laid before them, whichever way it comes in, and what follows from it.
public enum ApprovalDecisions {
    /// What was said.
    public enum Verdict: Hashable, Sendable {
        /// Yes.
        case approve(comment: String?)
        /// Not like this.
        case requestChanges(comment: String)
    }

    /// An approval that is held, after its order where it is about one.
    public struct Desk: Sendable {
        /// Held by the transaction.
        public var approval: Stored<Approval>
        /// What it is about, where that is an order.
        public var order: OrderApprovals.Desk?
        /// Business time.
        public let now: Date
    }

    /// Holds an approval.
    /// - Returns: nil when the tenant may not see it.
    public static func hold(_ id: Approval.ID, for tenant: Tenant, in tx: PostgresTransaction) async throws -> Desk? {
        // The order before its approval, as everywhere; so the approval is looked at twice.
        guard let seen = try await Approvals.find(id, for: tenant, in: tx) else { return nil }
        let order =
            seen.subject == .backlinkOrder
            ? try await OrderApprovals.hold(BacklinkOrder.ID(seen.subjectID), for: tenant, in: tx) : nil
        guard let held = try await Approvals.find(id, for: tenant, lock: .forUpdate, in: tx) else { return nil }
        return Desk(approval: held, order: order, now: try await BusinessClock.now(in: tx))
    }

    /// Writes a verdict and what follows from it.
    /// - Throws: ``IllegalTransition`` when it was decided before; ``OfferChanged``; what an order can be refused for.
    public static func decide(
        _ verdict: Verdict,
        _ desk: inout Desk,
        by user: User.ID?,
        way: ApprovalWay,
        in tx: PostgresTransaction
    ) async throws -> OrderApprovals.Outcome {
        if case .approve(let comment) = verdict, var order = desk.order {
            let outcome = try await OrderApprovals.agree(
                to: &desk.approval,
                &order,
                by: user,
                way: way,
                comment: comment,
                in: tx
            )
            desk.order = order
            return outcome
        }
        let before = desk.approval.status
        var outcome = OrderApprovals.Outcome()
        switch verdict {
        case .approve(let comment):
            try desk.approval.value.approve(by: user, at: desk.now, comment: comment, way: way)
            outcome.events = [Approvals.event(.approved, desk.approval.value, from: before, because: comment ?? "")]
        case .requestChanges(let comment):
            try desk.approval.value.requestChanges(by: user, at: desk.now, comment: comment, way: way)
            outcome.events = [Approvals.event(.changesRequested, desk.approval.value, from: before, because: comment)]
        }
        try await Approvals.save(&desk.approval, in: tx)
        if desk.approval.subject == .blueprint,
            let subscription = try await Approvals.subscription(of: desk.approval.id, in: tx)
        {
            // Onboarding waits for the answer, whatever it is.
            outcome.jobs.append(SubscriptionsJobs.onboard(subscription, account: desk.approval.accountID))
        }
        return outcome
    }
}

extension Approvals {
    /// The subscription that an approval belongs to.
    public static func subscription(
        of id: Approval.ID,
        in queries: some PostgresQuerying
    ) async throws -> ManagedSubscription.ID? {
        try await queries.query("select subscription_id from igny8_approvals where id = \(id.rawValue)")
            .only().id(ifAny: "subscription_id")
    }
}
