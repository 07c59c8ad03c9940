public import DomainModel
public import Postgres

/// Deferred revenue that becomes revenue, once the days it is for are over (spec 9.2, 9.11).
public enum EarnedRevenue {
    /// Books what the invoices of a zone have earned whose days are over, a handful at a time, each once.
    /// - Parameter today: in that zone.
    /// - Returns: how many invoices it was; 0 when none is left.
    public static func earn(
        by today: CalendarDay,
        zone: String,
        limit: Int,
        in tx: PostgresTransaction
    ) async throws -> Int {
        var invoices = try await Invoices.load(
            """
            earned_on is null and status in ('pending', 'paid', 'uncollectible') and period_end <= \(today.postgres)
                and account_id in (select account.id from igny8_accounts account where account.time_zone = \(zone))
            order by period_end, id limit \(limit) for no key update
            """,
            in: tx
        )
        let credits = try await CreditNotes.lines(of: invoices.map(\.id), in: tx)
        for index in invoices.indices {
            try await earn(&invoices[index], less: credits[invoices[index].id] ?? [], in: tx)
        }
        return invoices.count
    }

    /// Books what one invoice has earned. It counts for the last day served, but never for a day before its document.
    static func earn(
        _ invoice: inout Stored<Invoice>,
        less credits: [CreditNoteLine],
        in tx: PostgresTransaction
    ) async throws {
        guard invoice.earnedOn == nil, let served = invoice.served, let issued = invoice.issuedOn else { return }
        let day = max(served.lastDay, issued)
        if let entry = try LedgerEntry.earned(invoice.value, less: credits, on: day) {
            try await Ledger.post(entry, in: tx)
        }
        invoice.value.earn(on: day)
        try await Invoices.save(&invoice, in: tx)
    }
}
