import DomainModel
import Foundation
import Postgres

// Many invoices in as many statements as one takes.
extension Invoices {
    /// Stores drafts with their lines, each for a period of a subscription.
    /// - Throws: ``PeriodInvoiced`` when a period was invoiced before; the transaction can only be rolled back then.
    static func create(
        _ drafts: [Invoice],
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> [Stored<Invoice>] {
        let rows = try await tx.query(
            """
            insert into igny8_invoices (account_id, kind, subscription_id, currency, period_start, period_end, net, tax,
                total, seller, buyer, collection, created_by)
            select account_id, kind, subscription_id, currency, period_start, period_end, net, tax, total, seller, buyer,
                collection, \(createdBy?.rawValue)::bigint
            from unnest(\(drafts.map(\.accountID.rawValue)), \(drafts.map(\.kind.rawValue)),
                \(drafts.map { $0.subscriptionID?.rawValue }), \(drafts.map(\.currency.code)),
                \(drafts.map { $0.served?.from.postgres }), \(drafts.map { $0.served?.to.postgres }),
                \(drafts.map(\.net.numeric)), \(drafts.map(\.tax.numeric)), \(drafts.map(\.total.numeric)),
                \(try drafts.map { try PostgresJSON($0.seller) }), \(try drafts.map { try PostgresJSON($0.buyer) }),
                \(drafts.map(\.collection.rawValue)))
                with ordinality as given (account_id, kind, subscription_id, currency, period_start, period_end, net, tax,
                    total, seller, buyer, collection, n)
            order by n
            on conflict (subscription_id, period_start, period_version) do nothing
            returning \(fragment: columns)
            """
        )
        var stored: [Period: PostgresRow] = [:]
        for row in rows { stored[Period(try row.id(ifAny: "subscription_id"), try row.served())] = row }
        let invoices = try drafts.map { draft in
            guard let row = stored[Period(draft.subscriptionID, draft.served)] else {
                throw PeriodInvoiced(subscriptionID: draft.subscriptionID, from: draft.served?.from)
            }
            return try decode(row, lines: draft.lines)
        }
        try await InvoiceLines.insert(of: invoices, in: tx)
        return invoices
    }

    private struct Period: Hashable {
        let subscription: ManagedSubscription.ID?
        let served: Proration?

        init(_ subscription: ManagedSubscription.ID?, _ served: Proration?) {
            self.subscription = subscription
            self.served = served
        }
    }

    /// Issues drafts in their order: the numbers of a year are taken at once, and the counter is held until the
    /// transaction ends.
    /// - Parameter days: the day of issue of each, in its account's zone.
    static func issue(
        _ invoices: inout [Stored<Invoice>],
        issuer: String = InvoiceNumber.agencyIssuer,
        at moment: Date,
        on days: [CalendarDay],
        in tx: PostgresTransaction
    ) async throws {
        var numbers: [Int: ClosedRange<Int>.Iterator] = [:]
        for (year, count) in Dictionary(days.map { ($0.year, 1) }, uniquingKeysWith: +).sorted(by: { $0.key < $1.key })
        {
            numbers[year] = try await DocumentNumbers.next(.invoice, issuer: issuer, year: year, count: count, in: tx)
                .makeIterator()
        }
        for index in invoices.indices {
            let day = days[index]
            guard let sequence = numbers[day.year]?.next(),
                let number = InvoiceNumber(issuer: issuer, year: day.year, sequence: sequence)
            else { throw UnknownIssuer(issuer: issuer) }
            try invoices[index].value.issue(number: number, at: moment, on: day)
        }
        let rows = try await tx.query(
            """
            update igny8_invoices invoice set status = given.status, issuer = \(issuer), issue_year = given.year,
                issue_number = given.sequence, number = given.number, issued_on = given.day, issued_at = \(moment),
                paid_at = given.paid_at
            from unnest(\(invoices.map(\.id.rawValue)), \(invoices.map(\.revision)), \(invoices.map(\.status.rawValue)),
                \(invoices.map { $0.number?.year }), \(invoices.map { $0.number?.sequence }),
                \(invoices.map { $0.number?.description }), \(days.map(\.postgres)), \(invoices.map(\.paidAt)))
                as given (id, revision, status, year, sequence, number, day, paid_at)
            where invoice.id = given.id and invoice.revision = given.revision
            returning invoice.id, invoice.revision, invoice.updated_at
            """
        )
        try saved(&invoices, rows)
    }

    /// Saves that invoices have been paid, and what their gateway calls them.
    /// - Throws: ``StaleRevision``.
    static func savePaid(_ invoices: inout [Stored<Invoice>], in tx: PostgresTransaction) async throws {
        let rows = try await tx.query(
            """
            update igny8_invoices invoice set status = given.status, paid = given.paid, paid_at = given.paid_at,
                provider = case when given.reference is null then invoice.provider
                    else coalesce(invoice.provider, 'stripe') end,
                provider_reference = given.reference, next_attempt_at = given.next_attempt_at
            from unnest(\(invoices.map(\.id.rawValue)), \(invoices.map(\.revision)), \(invoices.map(\.status.rawValue)),
                \(invoices.map(\.paid.numeric)), \(invoices.map(\.paidAt)), \(invoices.map(\.providerReference)),
                \(invoices.map(\.nextAttemptAt)))
                as given (id, revision, status, paid, paid_at, reference, next_attempt_at)
            where invoice.id = given.id and invoice.revision = given.revision
            returning invoice.id, invoice.revision, invoice.updated_at
            """
        )
        try saved(&invoices, rows)
    }

    private static func saved(_ invoices: inout [Stored<Invoice>], _ rows: PostgresRows) throws {
        var marks: [Invoice.ID: PostgresRow] = [:]
        for row in rows { marks[try row.id("id")] = row }
        for index in invoices.indices {
            guard let row = marks[invoices[index].id] else { throw StaleRevision(subject: InvoiceStatus.subject) }
            try invoices[index].saved(row)
        }
    }
}
