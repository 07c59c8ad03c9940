import DomainModel
public import Postgres

/// Deferred revenue that becomes revenue, once the days it is for are over (spec 9.2, 9.11).
public enum EarnedRevenue {
    /// Books what invoices have earned whose days are over where their accounts live, a handful at a time, each once.
    /// - Returns: how many invoices it was; 0 when none is left.
    public static func earn(limit: Int, in tx: PostgresTransaction) async throws -> Int {
        var invoices = try await Invoices.load(
            """
            id in (
                select invoice.id from igny8_invoices invoice join igny8_accounts account on account.id = invoice.account_id
                where invoice.earned_on is null and invoice.status in ('pending', 'paid', 'uncollectible')
                    and invoice.period_end <= (igny8_now() at time zone 'Pacific/Kiritimati')::date
                    and invoice.period_end <= (igny8_now() at time zone account.time_zone)::date
                order by invoice.period_end, invoice.id limit \(limit))
            order by id for no key update
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
        // The row may have been withdrawn while this waited for it.
        guard invoice.earnedOn == nil, [.pending, .paid, .uncollectible].contains(invoice.status),
            let served = invoice.served, let issued = invoice.issuedOn
        else { return }
        let day = max(served.lastDay, issued)
        if let entry = try LedgerEntry.earned(invoice.value, less: credits, on: day) {
            try await Ledger.post(entry, in: tx)
        }
        invoice.value.earn(on: day)
        try await Invoices.save(&invoice, in: tx)
    }
}
