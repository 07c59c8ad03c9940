public import DomainModel
import Foundation
public import Postgres

/// What clients owe for indexing, and the invoices over it.
public enum IndexingBills {
    /// The accounts of a zone that owe for submissions before this month.
    public static func owing(inZone zone: String, in queries: some PostgresQuerying) async throws -> [Account.ID] {
        try await queries.query(
            """
            select distinct r.account_id
            from igny8_backlink_indexing_requests r join igny8_accounts a on a.id = r.account_id
            where a.time_zone = \(zone) and r.invoice_id is null and r.client_price > 0 and r.submitted_at is not null
                and r.submitted_at < date_trunc('month', igny8_now() at time zone a.time_zone) at time zone a.time_zone
            order by 1
            """
        ).map { row in try row.id("account_id") }
    }

    /// One invoice over everything an account owes for submissions before this month, with its credit used as far as it
    /// goes. The account's row is held, so that two runs do not charge the same.
    /// - Returns: nil where nothing is owed any longer.
    public static func issue(to account: Account.ID, in tx: PostgresTransaction) async throws -> Stored<Invoice>? {
        let system = Tenant.system(reason: "indexing by URL")
        guard let owner = try await Accounts.find(account, for: system, lock: .forUpdate, in: tx) else { return nil }
        let now = try await BusinessClock.now(in: tx)
        let today = CalendarDay(of: now, in: owner.timeZone)
        let month = today.calendarMonth.firstDay.start(in: owner.timeZone)
        let sum = try await tx.query(
            """
            select count(*) as pages, sum(client_price)::text as total, min(currency) as currency,
                count(distinct currency) as currencies, max(id) as last
            from igny8_backlink_indexing_requests
            where account_id = \(account.rawValue) and invoice_id is null and client_price > 0
                and submitted_at < \(month)
            """
        ).only()
        let pages: Int = try sum.decode("pages")
        guard pages > 0, try sum.decode("currencies", as: Int.self) == 1 else { return nil }
        let total = try UnitCost(decimal: sum.decode("total", as: String.self), currency: sum.currency()).times(1)
        guard !total.isZero else { return nil }
        // Held before the counter of numbers, as everywhere: what there is of it pays the invoice in the end.
        _ = try await CustomerCredits.holders(among: [account], in: tx)
        var invoice = try await OneTimeInvoice.issue(
            .indexing,
            .indexing,
            "Indexing of \(pages) URLs until \(month.lastDay(in: owner.timeZone))",
            total: total,
            quantity: pages,
            to: owner.value,
            in: tx
        )
        try await tx.query(
            """
            update igny8_backlink_indexing_requests set invoice_id = \(invoice.id.rawValue)
            where account_id = \(account.rawValue) and invoice_id is null and client_price > 0
                and submitted_at < \(month)
            """
        )
        try await CustomerCredits.apply(to: &invoice, at: now, on: today, in: tx)
        return invoice
    }
}

extension Date {
    /// The day before a month's beginning.
    fileprivate func lastDay(in zone: TimeZone) -> CalendarDay {
        CalendarDay(of: self, in: zone).adding(days: -1)
    }
}
