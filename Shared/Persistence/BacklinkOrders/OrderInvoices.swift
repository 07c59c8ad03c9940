public import DomainModel
public import JobQueue
public import Postgres

/// Invoices over orders of links: of a package when it is approved, of a pass-through order when it is delivered (spec 4).
public enum OrderInvoices {
    /// An invoice, and the jobs that follow from it.
    public struct Issued: Sendable {
        /// As it stands after the customer's credit went into it.
        public let invoice: Stored<Invoice>
        /// The charge, or the mail that asks for the money; none where the credit has paid it all.
        public let jobs: [NewJob]
        /// For the audit log.
        public let event: AuditEvent
    }

    /// Issues the invoice over what an order is charged, and pays it out of the customer's credit as far as that goes.
    ///
    /// The order's row is held by the caller and is changed here (``BacklinkOrder/invoiceID``): read it again. An order has
    /// one invoice; whether it has is asked of the row that is held, so two at once cannot both find none.
    /// - Parameter amount: without tax.
    /// - Returns: nil when nothing is charged, or the order has its invoice already.
    public static func issue(
        over order: BacklinkOrder,
        _ amount: Money,
        to account: Account,
        site: Domain,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Issued? {
        guard order.invoiceID == nil, amount.isPositive else { return nil }
        // Held before the counter of numbers, as everywhere: what there is of it pays the invoice in the end.
        _ = try await CustomerCredits.holders(among: [account.id], in: tx)
        var invoice = try await OneTimeInvoice.issue(
            .backlinks,
            .backlinks,
            "Backlinks, order \(order.id), \(order.linksAgreed) links, \(site.name)",
            total: amount,
            site: order.siteID,
            order: order.id,
            to: account,
            createdBy: createdBy,
            in: tx
        )
        let now = try await BusinessClock.now(in: tx)
        try await CustomerCredits.apply(
            to: &invoice,
            at: now,
            on: CalendarDay(of: now, in: account.timeZone),
            in: tx
        )
        var jobs: [NewJob] = []
        if invoice.status == .pending {
            jobs.append(
                invoice.collection == .automatic
                    ? SubscriptionsJobs.collectPayment(invoice.id.rawValue, account: account.id)
                    : SubscriptionsJobs.followUpInvoice(invoice.id.rawValue, account: account.id)
            )
        }
        let event = AuditEvent(
            .issued,
            account: account.id,
            subjectKind: InvoiceStatus.subject,
            subjectID: invoice.id.rawValue,
            reason: "order \(order.id)",
            subscription: order.subscriptionID
        )
        return Issued(invoice: invoice, jobs: jobs, event: event)
    }
}
