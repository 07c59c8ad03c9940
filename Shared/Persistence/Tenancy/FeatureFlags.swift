public import DomainModel
public import Postgres

/// `igny8_feature_flags` and their overrides by account.
public enum FeatureFlags {
    /// Whether a flag is on for an account: its override, else the flag's own state; off when it is unknown.
    public static func isEnabled(
        _ flag: FeatureFlag,
        for account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await states(for: account, in: queries)[flag] ?? false
    }

    /// Every flag's state for an account.
    public static func states(
        for account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws -> [FeatureFlag: Bool] {
        let rows = try await queries.query(
            """
            select flag.key, coalesce(override.is_enabled, flag.is_enabled) as is_enabled
            from igny8_feature_flags flag
            left join igny8_feature_flag_overrides override
                on override.flag_key = flag.key and override.account_id = \(account.rawValue)
            """
        )
        var states: [FeatureFlag: Bool] = [:]
        for row in rows {
            guard let flag = FeatureFlag(rawValue: try row.decode("key")) else { continue }
            states[flag] = try row.decode("is_enabled", as: Bool.self)
        }
        return states
    }

    /// One flag as staff see it.
    public struct Setting: Hashable, Sendable {
        /// Its key.
        public let key: String
        /// What it switches.
        public let description: String
        /// Its state where nothing overrides it.
        public let isEnabled: Bool
        /// The accounts that differ.
        public let overrides: [Override]
    }

    /// One account's own state of a flag.
    public struct Override: Hashable, Sendable {
        /// Whose.
        public let accountID: Account.ID
        /// The state.
        public let isEnabled: Bool
        /// Why it differs.
        public let reason: String
    }

    /// All flags with their overrides, by key.
    public static func all(in queries: some PostgresQuerying) async throws -> [Setting] {
        let overrides = try await queries.query(
            "select flag_key, account_id, is_enabled, reason from igny8_feature_flag_overrides order by account_id"
        ).map { row in
            try (
                row.decode("flag_key", as: String.self),
                Override(
                    accountID: row.id("account_id"),
                    isEnabled: row.decode("is_enabled"),
                    reason: row.decode("reason")
                )
            )
        }
        let byFlag = Dictionary(grouping: overrides, by: \.0)
        return try await queries.query(
            "select key, description, is_enabled from igny8_feature_flags order by key"
        ).map { row in
            let key: String = try row.decode("key")
            return Setting(
                key: key,
                description: try row.decode("description"),
                isEnabled: try row.decode("is_enabled"),
                overrides: byFlag[key]?.map(\.1) ?? []
            )
        }
    }

    /// Sets a flag's state for all accounts that do not override it.
    public static func set(
        _ flag: FeatureFlag,
        isEnabled: Bool,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            "update igny8_feature_flags set is_enabled = \(isEnabled) where key = \(flag.rawValue)"
        )
    }

    /// Sets a flag's state for one account.
    public static func override(
        _ flag: FeatureFlag,
        for account: Account.ID,
        isEnabled: Bool,
        reason: String,
        by user: User.ID?,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            insert into igny8_feature_flag_overrides (account_id, flag_key, is_enabled, reason, created_by)
            values (\(account.rawValue), \(flag.rawValue), \(isEnabled), \(reason), \(user?.rawValue))
            on conflict (account_id, flag_key) do update
            set is_enabled = excluded.is_enabled, reason = excluded.reason, created_by = excluded.created_by
            """
        )
    }

    /// Lets an account follow the flag again.
    public static func removeOverride(
        _ flag: FeatureFlag,
        for account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            delete from igny8_feature_flag_overrides
            where account_id = \(account.rawValue) and flag_key = \(flag.rawValue)
            """
        )
    }
}
