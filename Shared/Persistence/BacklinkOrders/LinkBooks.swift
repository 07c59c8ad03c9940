public import DomainModel
public import Postgres

/// What links cost, by their rows and by the books.
public enum LinkBooks {
    /// A link for which the two differ.
    public struct Difference: Hashable, Sendable {
        /// Which.
        public let link: Backlink.ID
        /// As its row has it: nothing until it is delivered, and once it is rejected.
        public let cost: Money
        /// As the books have it.
        public let booked: Money
    }

    /// The links whose cost the books do not hold; none, always.
    public static func differences(
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Difference] {
        try await queries.query(
            """
            with booked as (
                select entry.backlink_id as id, line.currency, sum(line.amount) as amount
                from igny8_ledger_entries entry
                join igny8_ledger_lines line on line.entry_id = entry.id
                where line.ledger_account = 'cost_links' and entry.backlink_id is not null
                    and \(fragment: tenant.owns("entry.account_id"))
                group by entry.backlink_id, line.currency
            ), owed as (
                select id, currency, case when status in ('pending', 'live', 'lost') then cost else 0 end as amount
                from igny8_sag_backlinks where order_id is not null and \(fragment: tenant.owns())
            )
            select id, currency, coalesce(owed.amount, 0)::numeric(12, 3) as cost,
                coalesce(booked.amount, 0)::numeric(12, 3) as booked
            from owed full join booked using (id, currency)
            where coalesce(owed.amount, 0) <> coalesce(booked.amount, 0) order by id
            """
        ).map { row in
            let currency = try row.currency()
            return Difference(
                link: try row.id("id"),
                cost: try row.money("cost", in: currency),
                booked: try row.money("booked", in: currency)
            )
        }
    }
}
