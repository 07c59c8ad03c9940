import DomainModel
public import Postgres

/// Brings plans up to the features that this release knows (spec 6): fills what is empty, leaves what staff have edited,
/// and lets accounts that were here before a new gate keep what they could do. Running it again changes nothing.
public enum PlanFeatureMigration {
    /// What a run does, or would do.
    public struct Report: Hashable, Sendable, Encodable {
        /// A level that a plan did not name.
        public struct Filled: Hashable, Sendable, Encodable {
            /// The plan's key.
            public let plan: String
            /// The feature's key.
            public let feature: String
            /// The level it is filled with; of a list, its members between commas.
            public let level: String
        }

        /// Accounts that keep something.
        public struct Kept: Hashable, Sendable, Encodable {
            /// The feature's key.
            public let feature: String
            /// What they keep.
            public let level: String
            /// How many accounts.
            public let accounts: Int
        }

        /// By plan and feature.
        public let filled: [Filled]
        /// By feature.
        public let kept: [Kept]
    }

    /// What ``run(in:)`` would do now.
    public static func plan(in queries: some PostgresQuerying) async throws -> Report {
        try await report(on: newGates(in: queries), in: queries)
    }

    /// Fills and grants; under the system.
    /// - Returns: what was done.
    public static func run(in tx: PostgresTransaction) async throws -> Report {
        // One at a time: a second run finds everything done.
        try await tx.query("select from igny8_gated_features order by feature for update")
        let gates = try await newGates(in: tx)
        let report = try await report(on: gates, in: tx)
        try await tx.batch([
            fill, grant(gates), "update igny8_gated_features set migrated_at = igny8_now() where migrated_at is null",
        ])
        return report
    }

    private static func report(on gates: [NewGate], in queries: some PostgresQuerying) async throws -> Report {
        Report(
            filled: try await queries.query(
                """
                select plan.key as plan, given.feature,
                    igny8_feature_level(jsonb_build_object(given.feature, given.level), given.feature) as level
                from igny8_plans plan join igny8_plan_feature_defaults given on given.plan_key = plan.key
                where \(fragment: isEmpty) order by plan.position, given.feature
                """
            ).map { row in
                try Report.Filled(
                    plan: row.decode("plan"),
                    feature: row.decode("feature"),
                    level: row.decode("level", as: String?.self) ?? ""
                )
            },
            kept: gates.map { .init(feature: $0.feature.rawValue, level: $0.level, accounts: $0.accounts.count) }
        )
    }

    /// The plan names nothing of a feature: neither a level nor an empty one.
    private static let isEmpty: SQL = "nullif(nullif(plan.plan_features -> given.feature, 'null'), '\"\"') is null"

    private static let fill: SQL = """
        update igny8_plans filled set plan_features = filled.plan_features || missing.features
        from (
            select plan.id, jsonb_object_agg(given.feature, given.level) as features
            from igny8_plans plan join igny8_plan_feature_defaults given on given.plan_key = plan.key
            where \(fragment: isEmpty) group by plan.id
        ) missing
        where filled.id = missing.id
        """

    private struct NewGate {
        let feature: Feature
        let level: String
        let accounts: [Account.ID]
    }

    /// Gates that have not been migrated, with the accounts from before them whose plan gives less than they had.
    private static func newGates(in queries: some PostgresQuerying) async throws -> [NewGate] {
        let rows = try await queries.query(
            """
            select gate.feature, gate.level_before, account.id,
                coalesce(igny8_feature_level(plan.plan_features, gate.feature),
                    igny8_feature_level(jsonb_build_object(gate.feature, given.level), gate.feature)) as level
            from igny8_gated_features gate
            join igny8_accounts account on account.created_at < gate.gated_at and account.status <> 'closed'
            join igny8_plans plan on plan.id = account.plan_id
            left join igny8_plan_feature_defaults given on given.plan_key = plan.key and given.feature = gate.feature
            where gate.migrated_at is null
            order by gate.feature, account.id
            """
        )
        var found: [Feature: (level: String, accounts: [Account.ID])] = [:]
        for row in rows {
            guard let feature = Feature(rawValue: try row.decode("feature")) else { continue }
            let before: String = try row.decode("level_before")
            let held = try row.decode("level", as: String?.self) ?? feature.levelBeforeGate
            guard feature.more(of: held, and: before) != held else { continue }
            found[feature, default: (before, [])].accounts.append(try row.id("id"))
        }
        return found.map { NewGate(feature: $0, level: $1.level, accounts: $1.accounts) }
            .sorted { $0.feature.rawValue < $1.feature.rawValue }
    }

    private static func grant(_ gates: [NewGate]) -> SQL {
        let rows = gates.flatMap { gate in gate.accounts.map { (account: $0.rawValue, gate: gate) } }
        return """
            insert into igny8_feature_grants (account_id, feature, level, reason)
            select account, feature, level, 'held before the gate'
            from unnest(\(rows.map(\.account)), \(rows.map(\.gate.feature.rawValue)), \(rows.map(\.gate.level)))
                as given (account, feature, level)
            on conflict (account_id, feature) do nothing
            """
    }
}
