public import DomainModel
public import Postgres

/// `igny8_feature_usage_log`: decisions of the feature gate, written in batches by whoever buffers them.
public enum FeatureUsage {
    /// One kind of decision; equal ones are counted together.
    public struct Decision: Hashable, Sendable {
        /// Whose request it was.
        public let accountID: Account.ID
        /// Which feature was needed, or of which limit one more: `sites`.
        public let subject: String
        /// At which level.
        public let required: String
        /// Which level the plan holds.
        public let current: String
        /// The answer.
        public let isAllowed: Bool
        /// The route: `POST /api/v1/api-keys/`.
        public let endpoint: String

        /// Describes a decision.
        public init(
            accountID: Account.ID,
            feature: Feature,
            required: String,
            current: String,
            isAllowed: Bool,
            endpoint: String
        ) {
            self.accountID = accountID
            subject = feature.rawValue
            self.required = required
            self.current = current
            self.isAllowed = isAllowed
            self.endpoint = endpoint
        }

        /// Describes a refusal of one more site or user.
        public init(_ refusal: FeatureGate.Refusal, accountID: Account.ID, endpoint: String) {
            self.accountID = accountID
            subject = refusal.subject
            required = refusal.needed
            current = refusal.held
            isAllowed = false
            self.endpoint = endpoint
        }
    }

    /// Writes a buffer in one statement: counts are added to what this hour has already. Under the system.
    public static func record(_ hits: [Decision: Int], in queries: some PostgresQuerying) async throws {
        try await queries.query(statement(hits))
    }

    /// The statement of ``record(_:in:)``, for a flight. Its rows come in a fixed order, so that two that write at once do
    /// not wait for each other in a circle.
    public static func statement(_ hits: [Decision: Int]) -> SQL {
        let decisions = Array(hits.keys)
        return """
            insert into igny8_feature_usage_log as log (account_id, feature, required_level, current_level, is_allowed,
                endpoint, hits)
            select * from unnest(\(decisions.map(\.accountID.rawValue)), \(decisions.map(\.subject)),
                \(decisions.map(\.required)), \(decisions.map(\.current)), \(decisions.map(\.isAllowed)),
                \(decisions.map(\.endpoint)), \(decisions.map { hits[$0] ?? 0 })) as given order by 1, 2, 3, 4, 5, 6
            on conflict (account_id, feature, logged_at, required_level, current_level, is_allowed, endpoint)
                do update set hits = log.hits + excluded.hits
            """
    }

    /// What one account asked of one feature at one level, over some time and all routes.
    public struct Sum: Hashable, Sendable {
        /// Whose.
        public let accountID: Account.ID
        /// Which feature.
        public let feature: Feature
        /// At which level.
        public let required: String
        /// Which level was held.
        public let current: String
        /// How often it was allowed.
        public let allowed: Int
        /// How often it was refused.
        public let refused: Int
    }

    /// The decisions of some days, summed; the days are those of business time in UTC.
    public static func sums(
        from first: CalendarDay,
        until end: CalendarDay,
        in queries: some PostgresQuerying
    ) async throws -> [Sum] {
        try await queries.query(
            """
            select account_id, feature, required_level, current_level,
                coalesce(sum(hits) filter (where is_allowed), 0) as allowed,
                coalesce(sum(hits) filter (where not is_allowed), 0) as refused
            from igny8_feature_usage_log
            where logged_at >= \(first.postgres)::timestamp at time zone 'UTC'
                and logged_at < \(end.postgres)::timestamp at time zone 'UTC'
            group by account_id, feature, required_level, current_level
            order by account_id, feature, required_level, current_level
            """
        ).compactMap { row -> Sum? in
            guard let feature = Feature(rawValue: try row.decode("feature")) else { return nil }
            return try Sum(
                accountID: row.id("account_id"),
                feature: feature,
                required: row.decode("required_level"),
                current: row.decode("current_level"),
                allowed: row.decode("allowed"),
                refused: row.decode("refused")
            )
        }
    }

    /// Forgets decisions older than a day.
    /// - Returns: how many rows went.
    @discardableResult
    public static func forget(before day: CalendarDay, in queries: some PostgresQuerying) async throws -> Int {
        try await queries.query(
            "delete from igny8_feature_usage_log where logged_at < \(day.postgres)::timestamp at time zone 'UTC'"
        ).affected
    }
}
