public import DomainModel
public import Foundation
public import Postgres

/// `igny8_ahrefs_cache`: the last answer to each list, with its age.
public enum AhrefsCache {
    /// How old a kept answer is.
    public struct Age: Sendable, Hashable {
        /// Which answer.
        public let view: AhrefsView
        /// About whom.
        public let domain: String
        /// When it was fetched; business time.
        public let fetchedAt: Date
        /// How many rows it has.
        public let rowCount: Int
        /// Whether Ahrefs may have more rows than a request of this plan gives.
        public let isCut: Bool
        /// Whether it is older than its kind should be.
        public let isStale: Bool
    }

    /// Keeps an answer instead of the one before.
    public static func put(
        _ rows: some Encodable,
        count: Int,
        isCut: Bool,
        as view: AhrefsView,
        of domain: String,
        account: Account.ID,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            insert into igny8_ahrefs_cache (account_id, view, domain, rows, row_count, is_cut, fetched_at)
            values (\(account.rawValue), \(view.rawValue), \(domain), \(try PostgresJSON(rows)), \(count), \(isCut),
                igny8_now())
            on conflict (account_id, view, domain) do update set rows = excluded.rows, row_count = excluded.row_count,
                is_cut = excluded.is_cut, fetched_at = excluded.fetched_at
            """
        )
    }

    /// The ages of those of the asked-for answers that are kept.
    public static func ages(
        of views: [AhrefsView],
        domains: [String],
        account: Account.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Age] {
        try await queries.query(
            """
            select view, domain, fetched_at, row_count, is_cut,
                extract(epoch from igny8_now() - fetched_at)::bigint as seconds
            from igny8_ahrefs_cache
            where account_id = \(account.rawValue) and view = any(\(views.map(\.rawValue)))
                and domain = any(\(domains)) and \(fragment: tenant.owns())
            """
        ).map { row in
            let view: AhrefsView = try row.word("view")
            return try Age(
                view: view,
                domain: row.decode("domain"),
                fetchedAt: row.decode("fetched_at"),
                rowCount: row.decode("row_count"),
                isCut: row.decode("is_cut"),
                isStale: row.decode("seconds", as: Int64.self) >= Int64(view.freshDays) * 86_400
            )
        }
    }
}
