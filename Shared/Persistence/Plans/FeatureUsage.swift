public import DomainModel
public import Postgres

/// `igny8_feature_usage_log`: decisions of the feature gate, written in batches by whoever buffers them.
public enum FeatureUsage {
    /// Equal decisions, counted.
    public struct Hits: Hashable, Sendable {
        /// Whose request it was.
        public let accountID: Account.ID
        /// Which feature was needed.
        public let feature: Feature
        /// At which level.
        public let required: String
        /// Which level the plan holds.
        public let current: String
        /// The answer.
        public let isAllowed: Bool
        /// The route.
        public let endpoint: String
        /// How often.
        public let count: Int

        /// Counts equal decisions.
        public init(
            accountID: Account.ID,
            feature: Feature,
            required: String,
            current: String,
            isAllowed: Bool,
            endpoint: String,
            count: Int
        ) {
            self.accountID = accountID
            self.feature = feature
            self.required = required
            self.current = current
            self.isAllowed = isAllowed
            self.endpoint = endpoint
            self.count = count
        }
    }

    /// Writes a buffer in one statement; under the system.
    public static func record(_ hits: [Hits], in queries: some PostgresQuerying) async throws {
        if hits.isEmpty { return }
        try await queries.query(
            """
            insert into igny8_feature_usage_log (account_id, feature, required_level, current_level, is_allowed, endpoint,
                hits)
            select * from unnest(\(hits.map(\.accountID.rawValue)), \(hits.map(\.feature.rawValue)), \(hits.map(\.required)),
                \(hits.map(\.current)), \(hits.map(\.isAllowed)), \(hits.map(\.endpoint)), \(hits.map(\.count)))
            """
        )
    }
}
