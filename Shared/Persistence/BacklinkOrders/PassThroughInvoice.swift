import DomainModel
import Foundation
import Postgres

/// What a pass-through order is charged by: the real cost of its links times its factor, when they are delivered (spec 4, 9).
enum PassThroughInvoice {
    /// Issues it, once: the order, whose row is held, keeps which it was.
    static func issue(
        for order: inout Stored<BacklinkOrder>,
        to account: Account,
        at now: Date,
        in tx: PostgresTransaction
    ) async throws -> Aftermath {
        let today = CalendarDay(of: now, in: account.timeZone)
        let charged = order.figures.charged
        let billing = try await Accounts.billing(of: account.id, in: tx)
        let method = try await PaymentMethods.standard(of: account.id, in: tx)
        let count = order.figures.delivered
        let ordered = order.times.ordered.map { CalendarDay(of: $0, in: account.timeZone) } ?? today
        // Held before the counter of numbers, as everywhere: what there is of it pays the invoice in the end.
        _ = try await CustomerCredits.holders(among: [account.id], in: tx)
        let draft = try Invoice(
            accountID: account.id,
            kind: .backlinks,
            currency: charged.currency,
            lines: [
                InvoiceLine(
                    kind: .backlinks,
                    description: "\(count) \(count == 1 ? "link" : "links") ordered on \(ordered), at cost and fee",
                    quantity: 1,
                    unitPrice: charged,
                    taxRate: await TaxRates.rate(in: billing?.country, on: today, in: tx),
                    siteID: order.siteID
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
        var invoice = try await Invoices.create(draft, in: tx)
        // The order knows its invoice before anything is booked on it.
        order.invoiceID = invoice.id
        try await BacklinkServiceOrders.save(&order, in: tx)
        try await Invoices.issue(&invoice, at: now, on: today, in: tx)
        let issued = try LedgerEntry.issued(invoice.value, on: today)
        var tags = issued.tags
        tags.orderID = order.id
        tags.subscriptionID = order.subscriptionID
        try await Ledger.post(
            LedgerEntry(kind: issued.kind, key: issued.key, effectiveOn: today, tags: tags, lines: issued.lines),
            in: tx
        )
        try await CustomerCredits.apply(to: &invoice, at: now, on: today, in: tx)
        var aftermath = Aftermath()
        aftermath.events = [
            AuditEvent(
                .issued,
                account: account.id,
                subjectKind: InvoiceStatus.subject,
                subjectID: invoice.id.rawValue,
                to: invoice.status.rawValue,
                reason: "all links of the order are delivered",
                subscription: order.subscriptionID
            )
        ]
        if invoice.status == .pending {
            aftermath.jobs = [
                invoice.collection == .automatic
                    ? SubscriptionsJobs.collectPayment(invoice.id.rawValue, account: account.id)
                    : SubscriptionsJobs.followUpInvoice(invoice.id.rawValue, account: account.id)
            ]
        }
        return aftermath
    }

    /// Credits what the invoice is above what the order comes to now. A link that costs more afterwards is not charged again:
    /// what was agreed as delivered has been paid for.
    static func lower(
        _ id: Invoice.ID,
        to charged: Money,
        at now: Date,
        _ account: Account,
        in tx: PostgresTransaction
    ) async throws -> Aftermath {
        let tenant = Tenant.account(account.id)
        guard let seen = try await Invoices.find(id, for: tenant, in: tx), try charged.isLess(than: seen.net) else {
            return Aftermath()
        }
        guard var invoice = try await Invoices.find(id, for: tenant, lock: .forUpdate, in: tx),
            invoice.status == .pending || invoice.status == .paid
        else { return Aftermath() }
        let left = try Creditable(invoice.value, less: await CreditNotes.lines(of: [id], in: tx)[id] ?? [])
        let net = try left.lines.map(\.net).total(in: left.currency)
        guard try charged.isLess(than: net) else { return Aftermath() }
        let note = try await CreditNotes.issue(
            left.nets([1: net - charged]),
            on: &invoice,
            reason: "links of the order cost less",
            at: now,
            on: CalendarDay(of: now, in: account.timeZone),
            in: tx
        )
        var aftermath = Aftermath()
        aftermath.jobs = [SubscriptionsJobs.followUpInvoice(id.rawValue, account: account.id)]
        aftermath.events = [
            AuditEvent(
                .credited,
                account: account.id,
                subjectKind: InvoiceStatus.subject,
                subjectID: id.rawValue,
                reason: note.reason,
                data: ["credit_note": .string(note.number), "net": .string(try (net - charged).description)]
            )
        ]
        return aftermath
    }
}
