public import DomainModel
public import Foundation
public import JobQueue
public import Postgres

/// How an order comes to a yes: laid before the client, agreed by a limit, by a click, by a deadline; and what a yes causes,
/// all in the caller's transaction, who holds the order's row first.
public enum OrderApprovals {
    /// What a decision leaves to be written: jobs, and audit events, which come last in a transaction.
    public struct Outcome: Sendable {
        /// To be enqueued.
        public var jobs: [NewJob] = []
        /// To be recorded, in this order.
        public var events: [AuditEvent] = []

        /// Nothing yet.
        public init() {}
    }

    /// An order whose row is held, with what its rules need.
    public struct Desk: Sendable {
        /// Held by the transaction.
        public var order: Stored<BacklinkOrder>
        /// The client.
        public let account: Account
        /// The site's domain.
        public let domain: Domain
        /// Business time.
        public let now: Date
        /// The smallest margin that needs no second person.
        public let floor: Ratio

        /// The day in the client's zone.
        public var today: CalendarDay { CalendarDay(of: now, in: account.timeZone) }

        /// An audit event about the order.
        public func event(
            _ action: AuditAction,
            from: BacklinkOrderStatus? = nil,
            because reason: String = "",
            data: [String: JSONValue] = [:]
        ) -> AuditEvent {
            AuditEvent(
                action,
                account: account.id,
                subjectKind: BacklinkOrderStatus.subject,
                subjectID: order.id.rawValue,
                from: from?.rawValue,
                to: order.status.rawValue,
                reason: reason,
                subscription: order.subscriptionID,
                data: data
            )
        }
    }

    /// Holds an order.
    /// - Returns: nil when the tenant may not see it.
    public static func hold(
        _ id: BacklinkOrder.ID,
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> Desk? {
        guard let order = try await BacklinkServiceOrders.find(id, for: tenant, lock: .forUpdate, in: tx),
            let account = try await Accounts.find(order.accountID, for: tenant, in: tx),
            let site = try await Sites.find(order.siteID, for: tenant, in: tx)
        else { return nil }
        return Desk(
            order: order,
            account: account.value,
            domain: site.domain,
            now: try await BusinessClock.now(in: tx),
            floor: try await BacklinkTerms.current(in: tx).marginFloor
        )
    }

    /// What the client would be shown of an order now.
    public static func offer(of desk: Desk, in tx: PostgresTransaction) async throws -> OrderOffer {
        let links = try await Backlinks.all(of: [desk.order.id], for: .account(desk.account.id), in: tx)
        return try OrderOffer(of: desk.order.value, links: links.map(\.value), site: desk.domain)
    }

    /// draft → approved with what it causes: the invoice of an order with a price, and the job that orders the links.
    /// - Throws: `SpendStopped` for an account that is past due (spec 9.8), ``BacklinkOrderError/belowFloor(_:)``,
    ///   ``IllegalTransition``.
    public static func approve(
        _ desk: inout Desk,
        by user: User.ID?,
        way: ApprovalWay,
        because reason: String = "",
        in tx: PostgresTransaction
    ) async throws -> Outcome {
        let before = desk.order.status
        try await requireApprovable(desk, in: tx)
        let charged = try desk.order.price.charged(atCost: desk.order.expectedCost)
        try desk.order.value.approve(by: user, at: desk.now, floor: desk.floor)
        try await BacklinkServiceOrders.save(&desk.order, in: tx)
        var outcome = Outcome()
        outcome.events.append(
            desk.event(
                .approved,
                from: before,
                because: reason,
                data: ["way": .string(way.rawValue), "amount": .string(charged.description)]
            )
        )
        if desk.order.price.pricing == .package,
            let issued = try await OrderInvoices.issue(
                over: desk.order.value,
                charged,
                to: desk.account,
                site: desk.domain,
                createdBy: user,
                in: tx
            )
        {
            outcome.jobs += issued.jobs
            outcome.events.append(issued.event)
        }
        outcome.jobs.append(BacklinkOrdersJobs.place(desk.order.id, account: desk.account.id))
        let tenant = Tenant.account(desk.account.id)
        if let order = try await BacklinkServiceOrders.find(desk.order.id, for: tenant, in: tx) { desk.order = order }
        return outcome
    }

    /// Everything that can refuse a yes, before anything is written.
    /// - Throws: as ``approve(_:by:way:because:in:)``.
    public static func requireApprovable(_ desk: Desk, in tx: PostgresTransaction) async throws {
        let order = desk.order.value
        _ = try order.status.applying(.approve)
        try order.requireFloor(desk.floor, atCost: order.expectedCost)
        let charged = try order.price.charged(atCost: order.expectedCost)
        try await SpendGuards.read(desk.account.id, in: tx)
            .allow(order.expectedCost.isZero ? charged : order.expectedCost)
    }

    // MARK: Asking

    /// Lays an order before the client, or agrees to it at once where the client has agreed beforehand to orders up to an
    /// amount. What was shown before is withdrawn when it was something else; the same again changes nothing.
    /// - Parameters:
    ///   - days: until the deadline.
    ///   - silence: what the deadline means; nil for a yes where the agreed monthly budget covers it, else an escalation.
    /// - Throws: ``BudgetExceeded`` when silence is to mean a yes that no budget covers; as ``approve(_:by:way:because:in:)``.
    public static func submit(
        _ desk: inout Desk,
        by user: User.ID?,
        days: Int,
        silence: ApprovalDeadline.Silence?,
        in tx: PostgresTransaction
    ) async throws -> Outcome {
        // Nothing is shown to a client that could not be approved.
        try await requireApprovable(desk, in: tx)
        let offer = try await offer(of: desk, in: tx)
        let limits = try await AgreedSpending.read(for: desk.order.value, at: desk.now, of: desk.account, in: tx)
        if try limits.autoApproves(offer.amount) {
            let withdrawn = try await withdraw(desk, by: user, because: "agreed by the limit", in: tx)
            var outcome = try await approve(
                &desk,
                by: nil,
                way: .limit,
                because: "up to \(limits.autoApproveUnder) needs no approval",
                in: tx
            )
            outcome.events = withdrawn + outcome.events
            return outcome
        }
        let isCovered = try limits.covers(offer.amount)
        if silence == .approve, !isCovered {
            throw BudgetExceeded(amount: offer.amount, left: limits.budgetLeft)
        }
        let hash = TokenHash.of(offer.canonical)
        let open = try await Approvals.open(of: .backlinkOrder, desk.order.id.rawValue, of: desk.account.id, in: tx)
        if let open, open.contentHash == hash { return Outcome() }
        var outcome = Outcome()
        outcome.events += try await withdraw(desk, by: user, because: "shown anew", in: tx)
        let deadline = ApprovalDeadline(
            at: desk.now.addingTimeInterval(Double(days) * 86_400),
            silence: silence ?? (isCovered ? .approve : .escalate)
        )
        let approval = try await Approvals.ask(
            desk.order.value,
            showing: offer,
            hash: hash,
            until: deadline,
            createdBy: user,
            in: tx
        )
        outcome.jobs.append(SubscriptionsJobs.followUp(approval.id, account: desk.account.id))
        outcome.events.append(
            desk.event(
                .submitted,
                because: "until \(deadline.at.formatted(.iso8601)), then \(deadline.silence.rawValue)",
                data: ["approval_id": .integer(approval.id.rawValue), "amount": .string(offer.amount.description)]
            )
        )
        return outcome
    }

    /// Voids what was shown where the order is not that any more.
    /// - Returns: the audit event; none when nothing was open, or nothing of it has changed.
    public static func withdrawIfChanged(
        _ desk: Desk,
        by user: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> [AuditEvent] {
        let id = desk.order.id.rawValue
        guard let open = try await Approvals.open(of: .backlinkOrder, id, of: desk.account.id, in: tx),
            try await TokenHash.of(offer(of: desk, in: tx).canonical) != open.contentHash
        else { return [] }
        return try await withdraw(desk, by: user, because: "the order has changed", in: tx)
    }

    /// Voids what was shown, with its links: the order has changed, or is not wanted any more.
    /// - Returns: the audit event; none when nothing was open.
    public static func withdraw(
        _ desk: Desk,
        by user: User.ID?,
        because reason: String,
        in tx: PostgresTransaction
    ) async throws -> [AuditEvent] {
        guard
            var approval = try await Approvals.open(
                of: .backlinkOrder,
                desk.order.id.rawValue,
                of: desk.account.id,
                in: tx
            )
        else { return [] }
        try approval.value.withdraw(by: user, at: desk.now)
        try await Approvals.save(&approval, in: tx)
        return [Approvals.event(.cancelled, approval.value, from: .pending, because: reason)]
    }

    // MARK: Deciding

    /// A yes to what was shown: the approval and its order in one.
    /// - Parameter approval: held, after the order.
    /// - Throws: ``OfferChanged`` when the order is not what was shown; as ``approve(_:by:way:because:in:)``.
    public static func agree(
        to approval: inout Stored<Approval>,
        _ desk: inout Desk,
        by user: User.ID?,
        way: ApprovalWay,
        comment: String? = nil,
        in tx: PostgresTransaction
    ) async throws -> Outcome {
        try await requireUnchanged(approval.value, desk, in: tx)
        let before = approval.status
        try approval.value.approve(by: user, at: desk.now, comment: comment, way: way)
        try await Approvals.save(&approval, in: tx)
        var outcome = try await approve(&desk, by: user, way: way, because: comment ?? "", in: tx)
        outcome.events.insert(
            Approvals.event(.approved, approval.value, from: before, because: comment ?? ""),
            at: 0
        )
        return outcome
    }

    /// - Throws: ``OfferChanged`` when an order is not what the approval shows.
    public static func requireUnchanged(
        _ approval: Approval,
        _ desk: Desk,
        in tx: PostgresTransaction
    ) async throws {
        guard try await TokenHash.of(offer(of: desk, in: tx).canonical) == approval.contentHash else {
            throw OfferChanged(approvalID: approval.id)
        }
    }
}

/// The order is not any more what the approval shows; a new one has to be asked for.
public struct OfferChanged: Error, Hashable, CustomStringConvertible {
    /// What was to be decided.
    public let approvalID: Approval.ID

    /// One sentence.
    public var description: String { "What was shown has changed since: please look at it again." }
}

/// Silence can mean a yes only within what the client has agreed to spend in a month.
public struct BudgetExceeded: Error, Hashable, CustomStringConvertible {
    /// What the order is charged at.
    public let amount: Money
    /// What the month's budget has left.
    public let left: Money

    /// Records both.
    public init(amount: Money, left: Money) {
        self.amount = amount
        self.left = left
    }

    /// One sentence.
    public var description: String {
        "\(amount) is more than the \(left) that is left of the agreed monthly budget: silence cannot mean a yes."
    }
}
