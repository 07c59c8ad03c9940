public import DomainModel
public import Postgres

// What is done to many links of an order at once, in one statement each. The order's row is held by the caller.
extension Backlinks {
    /// Stores that links were ordered: their state, the moment, the day each is due.
    public static func markOrdered(_ links: [Stored<Backlink>], in tx: PostgresTransaction) async throws {
        let rows = try await tx.query(
            """
            update igny8_sag_backlinks link
            set status = given.status, ordered_at = given.ordered_at, due_on = given.due_on
            from unnest(\(links.map(\.id.rawValue)), \(links.map(\.revision)), \(links.map(\.status.rawValue)),
                \(links.map(\.times.ordered)), \(links.map { $0.dueOn?.postgres }))
                as given (id, revision, status, ordered_at, due_on)
            where link.id = given.id and link.revision = given.revision
            returning link.id
            """
        )
        guard rows.count == links.count else { throw StaleRevision(subject: BacklinkStatus.subject) }
    }

    /// Gives up what was planned of an order that is cancelled.
    public static func rejectPlanned(of order: BacklinkOrder.ID, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            update igny8_sag_backlinks set status = 'rejected', rejected_at = igny8_now()
            where order_id = \(order.rawValue) and status = 'planned'
            """
        )
    }
}

extension BacklinkServiceOrders {
    /// Who last set what an order is sold at or may cost.
    public static func pricedBy(_ id: BacklinkOrder.ID, in queries: some PostgresQuerying) async throws -> User.ID? {
        try await queries.query("select priced_by from igny8_backlink_service_orders where id = \(id.rawValue)")
            .only().id(ifAny: "priced_by")
    }

    /// Notes who has set the terms. The order is changed by it: read it again before saving it.
    public static func setPricedBy(
        _ user: User.ID?,
        of id: BacklinkOrder.ID,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            "update igny8_backlink_service_orders set priced_by = \(user?.rawValue) where id = \(id.rawValue)"
        )
    }

    /// draft or approved → cancelled: what was planned is given up, what was shown is void, what was invoiced is withdrawn
    /// or credited.
    /// - Throws: ``IllegalTransition``; ``AttemptUnderWay`` while a charge may be bringing the money.
    public static func cancel(
        _ desk: inout OrderApprovals.Desk,
        by user: User.ID?,
        because reason: String,
        in tx: PostgresTransaction
    ) async throws -> OrderApprovals.Outcome {
        let before = desk.order.status
        try desk.order.value.cancel(at: desk.now)
        var outcome = OrderApprovals.Outcome()
        try await save(&desk.order, in: tx)
        outcome.events = try await OrderApprovals.withdraw(desk, by: user, because: "the order is cancelled", in: tx)
        try await Backlinks.rejectPlanned(of: desk.order.id, in: tx)
        if let id = desk.order.invoiceID, let event = try await takeBack(id, desk, by: user, reason, in: tx) {
            outcome.events.append(event)
            outcome.jobs.append(SubscriptionsJobs.followUpInvoice(id.rawValue, account: desk.account.id))
        }
        outcome.events.append(desk.event(.cancelled, from: before, because: reason))
        return outcome
    }

    private static func takeBack(
        _ id: Invoice.ID,
        _ desk: OrderApprovals.Desk,
        by user: User.ID?,
        _ reason: String,
        in tx: PostgresTransaction
    ) async throws -> AuditEvent? {
        let tenant = Tenant.account(desk.account.id)
        guard var invoice = try await Invoices.find(id, for: tenant, lock: .forUpdate, in: tx) else { return nil }
        let credits = try await CreditNotes.lines(of: [id], in: tx)[id] ?? []
        let before = invoice.status
        let action: AuditAction
        if before == .pending, invoice.paid.isZero, credits.isEmpty {
            try await Invoices.void(&invoice, on: desk.today, in: tx)
            action = .voided
        } else {
            let lines = try Creditable(invoice.value, less: credits).everything()
            guard before != .void, before != .draft, !lines.isEmpty else { return nil }
            _ = try await CreditNotes.issue(
                lines,
                on: &invoice,
                reason: "order \(desk.order.id) cancelled",
                at: desk.now,
                on: desk.today,
                createdBy: user,
                in: tx
            )
            action = .credited
        }
        return AuditEvent(
            action,
            account: desk.account.id,
            subjectKind: InvoiceStatus.subject,
            subjectID: id.rawValue,
            from: before.rawValue,
            to: invoice.status.rawValue,
            reason: reason,
            subscription: desk.order.subscriptionID
        )
    }
}
