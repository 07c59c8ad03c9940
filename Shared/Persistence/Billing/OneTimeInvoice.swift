public import DomainModel
public import Postgres

/// An invoice over something bought once: issued and booked in the buyer's transaction, charged by a job.
public enum OneTimeInvoice {
    /// Issues an invoice over one line. It comes last among what is locked: the counter of numbers is held to the commit.
    /// - Parameters:
    ///   - quantity: shown where the unit's price is exact in the currency; else the line is one over all.
    ///   - total: net, without tax.
    ///   - order: the order of links it bills; it is told before anything is booked, so that all that ever is counts for it.
    public static func issue(
        _ kind: InvoiceKind,
        _ line: InvoiceLineKind,
        _ description: String,
        total: Money,
        quantity: Int = 1,
        site: Site.ID? = nil,
        order: BacklinkOrder.ID? = nil,
        to account: Account,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Stored<Invoice> {
        let now = try await BusinessClock.now(in: tx)
        let today = CalendarDay(of: now, in: account.timeZone)
        let billing = try await Accounts.billing(of: account.id, in: tx)
        let method = try await PaymentMethods.standard(of: account.id, in: tx)
        let isExact = quantity > 1 && total.minor.isMultiple(of: Int64(quantity))
        let draft = try Invoice(
            accountID: account.id,
            kind: kind,
            currency: total.currency,
            lines: [
                InvoiceLine(
                    kind: line,
                    description: description,
                    quantity: isExact ? quantity : 1,
                    unitPrice: isExact ? Money(minor: total.minor / Int64(quantity), currency: total.currency) : total,
                    taxRate: await TaxRates.rate(in: billing?.country, on: today, in: tx),
                    siteID: site
                )
            ],
            seller: .agency,
            buyer: Party(
                name: billing?.legalName ?? account.name,
                address: billing?.addressLines ?? [],
                email: account.billingEmail.rawValue,
                taxID: billing?.taxID
            ),
            collection: method.map { $0.kind.isCharged } ?? true ? .automatic : .manual
        )
        var invoice = try await Invoices.create(draft, createdBy: createdBy, in: tx)
        if let order {
            try await tx.query(
                """
                update igny8_backlink_service_orders set invoice_id = \(invoice.id.rawValue)
                where id = \(order.rawValue) and account_id = \(account.id.rawValue)
                """
            )
        }
        try await Invoices.issue(&invoice, at: now, on: today, in: tx)
        if !invoice.total.isZero { try await Ledger.post(.issued(invoice.value, on: today), in: tx) }
        return invoice
    }
}
