public import DomainModel
public import Foundation
public import Postgres

/// `igny8_mrr_movements`: written by the database whenever a subscription's status or price changes; MRR is their sum.
public enum MRRMovements {
    /// The monthly recurring revenue of a span of time, one figure a currency, by its code.
    /// - Parameter tier: only that tier's.
    /// - Throws: `MRRError` when the movements do not lead from start to end.
    public static func figures(
        from start: Date,
        until end: Date,
        tier: ServiceTier? = nil,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [MRR] {
        let rows = try await queries.query(
            """
            select currency, coalesce(sum(amount) filter (where moved_at < \(start)), 0) as before,
                coalesce(sum(amount) filter (where moved_at < \(end)), 0) as after,
                bool_or(moved_at < \(start)) as was_active_earlier
            from igny8_mrr_movements
            where moved_at < \(end) and tier = coalesce(\(tier?.rawValue)::text, tier) and \(fragment: tenant.owns())
            group by subscription_id, currency order by currency, subscription_id
            """
        )
        var changes: [Currency: [MRR.Change]] = [:]
        for row in rows {
            let currency = try row.currency()
            changes[currency, default: []].append(
                MRR.Change(
                    before: try row.money("before", in: currency),
                    after: try row.money("after", in: currency),
                    wasActiveEarlier: try row.decode("was_active_earlier")
                )
            )
        }
        return try changes.sorted { $0.key.code < $1.key.code }.map { try MRR(of: $0.value, in: $0.key) }
    }
}
