public import DomainModel
public import Foundation
public import Postgres

/// Days that were invoiced and will not be served at those terms, because a service ends at once or its terms change
/// (spec 4, "Billing").
public enum UnusedDays {
    /// The invoices of a subscription whose days reach beyond a day, held until the transaction ends.
    public static func billed(
        beyond day: CalendarDay,
        of subscription: ManagedSubscription.ID,
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> [(stored: Stored<Invoice>, billed: SubscriptionChange.Billed)] {
        let invoices = try await Invoices.load(
            """
            subscription_id = \(subscription.rawValue) and period_end > \(day.postgres)
                and status in ('pending', 'paid', 'uncollectible') and \(fragment: tenant.owns())
            order by period_start, id for no key update
            """,
            in: tx
        )
        let ids = invoices.map(\.id)
        let credits = try await CreditNotes.lines(of: ids, in: tx)
        let underWay = try await Payments.underWay(of: ids, for: tenant, in: tx)
        return invoices.map { invoice in
            (
                invoice,
                SubscriptionChange.Billed(
                    invoice.value,
                    credits: credits[invoice.id] ?? [],
                    underWay: underWay[invoice.id]
                )
            )
        }
    }

    /// Issues a credit note on each invoice that bills days from `day` on: what is left of its line, cut by the unused
    /// share of its days. The note first lowers what is due; what it covers beyond that becomes the customer's credit.
    /// - Parameters:
    ///   - subscription: whose days; its row is held by the caller.
    ///   - day: the first day not served, in the account's zone.
    ///   - moment: business time now.
    ///   - billsAnew: whether the days are billed again: then a free month is taken back too, by a note over nothing.
    /// - Returns: the notes, oldest period first.
    @discardableResult
    public static func credit(
        _ subscription: ManagedSubscription.ID,
        from day: CalendarDay,
        at moment: Date,
        reason: String,
        billsAnew: Bool = false,
        createdBy: User.ID? = nil,
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> [CreditNote] {
        var notes: [CreditNote] = []
        for (stored, billed) in try await billed(beyond: day, of: subscription, for: tenant, in: tx) {
            let lines = try billed.unusedDays(from: day)
            let isNothing = try lines.gross(in: stored.currency).isZero
            if lines.isEmpty || (isNothing && !billsAnew) { continue }
            var invoice = stored
            notes.append(
                try await CreditNotes.issue(
                    lines,
                    on: &invoice,
                    reason: reason,
                    at: moment,
                    on: day,
                    createdBy: createdBy,
                    in: tx
                )
            )
        }
        return notes
    }
}
