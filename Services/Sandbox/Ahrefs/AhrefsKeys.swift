import DomainModel
import FoundationEssentials
import NIOConcurrencyHelpers
import Postgres

/// Whose keys are good for how much. A key that nobody has told of is made when it first comes, if it looks like one:
/// `ahrefs_lite_…`, `ahrefs_standard_…`, `ahrefs_advanced_…`, `ahrefs_enterprise_…`.
final class AhrefsKeys: Sendable {
    struct Standing: Sendable {
        var plan: String
        var unitsLimit: Int?
        var unitsUsed: Int
        var resetsOn: CalendarDay
        var expiresAt: Date
        /// Business time.
        var now: Date
    }

    private let database: PostgresDatabase
    /// Calls a minute.
    private let rate: Int
    /// When each key was called within the last minute of machine time.
    private let windows = NIOLockedValueBox<[String: Window]>([:])

    private struct Window {
        var calls: [ContinuousClock.Instant] = []
        /// The most calls that any minute has seen.
        var peak = 0
    }

    init(database: PostgresDatabase, rate: Int) {
        self.database = database
        self.rate = rate
    }

    private static let plans: [(name: String, rows: Int, units: Int)] = [
        ("lite", 100, 100_000), ("standard", 250, 400_000), ("advanced", 500, 1_000_000),
        ("enterprise", .max, 50_000_000),
    ]

    static func rows(of plan: String) -> Int { plans.first { $0.name == plan }?.rows ?? 100 }

    /// Whether a key may call once more this minute.
    func admit(_ key: String) -> Bool {
        let now = ContinuousClock.now
        return windows.withLockedValue { windows in
            var window = windows[key] ?? Window()
            window.calls.removeAll { $0 + .seconds(60) <= now }
            guard window.calls.count < rate else { return false }
            window.calls.append(now)
            window.peak = max(window.peak, window.calls.count)
            windows[key] = window
            return true
        }
    }

    /// The key's standing; nil for one that is not good.
    func standing(of key: String) async throws -> Standing? {
        try await make(key)
        let rows = try await database.query(
            """
            update sandbox.ahrefs_keys set
                units_used = case when resets_on <= igny8_now()::date then 0 else units_used end,
                resets_on = case when resets_on <= igny8_now()::date
                    then (date_trunc('month', igny8_now()) + interval '1 month')::date else resets_on end
            where key = \(key) and is_valid and expires_at > igny8_now()
            returning plan, units_limit, units_used, resets_on, expires_at, igny8_now() as now
            """
        )
        return try rows.first.map { row in
            let day = try row.decode("resets_on", as: PostgresDay.self)
            return Standing(
                plan: try row.decode("plan"),
                unitsLimit: try row.decode("units_limit"),
                unitsUsed: try row.decode("units_used"),
                resetsOn: CalendarDay(year: day.year, month: day.month, day: day.day)
                    ?? CalendarDay(daysSinceEpoch: 0),
                expiresAt: try row.decode("expires_at"),
                now: try row.decode("now")
            )
        }
    }

    private func make(_ key: String) async throws {
        guard let plan = Self.plans.first(where: { key.hasPrefix("ahrefs_\($0.name)_") }) else { return }
        try await database.query(
            """
            insert into sandbox.ahrefs_keys (key, plan, units_limit, resets_on, expires_at)
            values (\(key), \(plan.name), \(plan.units),
                (date_trunc('month', igny8_now()) + interval '1 month')::date, igny8_now() + interval '1 year')
            on conflict do nothing
            """
        )
    }

    /// Takes units for a request.
    /// - Returns: whether there were as many.
    func spend(_ units: Int, of key: String) async throws -> Bool {
        try await database.query(
            """
            update sandbox.ahrefs_keys set units_used = units_used + \(units), requests = requests + 1
            where key = \(key) and (units_limit is null or \(units) = 0 or units_used + \(units) <= units_limit)
            """
        ).affected > 0
    }

    func noteRefusal(of key: String) async throws {
        try await database.query("update sandbox.ahrefs_keys set refused = refused + 1 where key = \(key)")
    }

    struct Report: Encodable, Sendable {
        var key: String
        var plan: String
        var isValid: Bool
        var unitsLimit: Int?
        var unitsUsed: Int
        var requests: Int
        var refused: Int
        /// The most requests that any minute has seen since the sandbox was started.
        var busiestMinute: Int
    }

    func report() async throws -> [Report] {
        let peaks = windows.withLockedValue { $0.mapValues(\.peak) }
        return try await database.query("select * from sandbox.ahrefs_keys order by key").map { row in
            let key: String = try row.decode("key")
            return try Report(
                key: key,
                plan: row.decode("plan"),
                isValid: row.decode("is_valid"),
                unitsLimit: row.decode("units_limit"),
                unitsUsed: row.decode("units_used"),
                requests: row.decode("requests"),
                refused: row.decode("refused"),
                busiestMinute: peaks[key] ?? 0
            )
        }
    }

    /// What `POST /ahrefs/keys/` takes: what is left out stays as it is, or as a new key has it.
    struct Order: Decodable, Sendable {
        var key: String
        var plan: String?
        var isValid: Bool?
        var unitsLimit: Int?
        var unitsUsed: Int?
        var expiresAt: Moment?
    }

    func set(_ order: Order) async throws {
        try await database.query(
            """
            insert into sandbox.ahrefs_keys as old (key, plan, is_valid, units_limit, units_used, resets_on, expires_at)
            values (\(order.key), coalesce(\(order.plan), 'lite'), coalesce(\(order.isValid), true),
                coalesce(\(order.unitsLimit)::bigint, 100000), coalesce(\(order.unitsUsed)::bigint, 0),
                (date_trunc('month', igny8_now()) + interval '1 month')::date,
                coalesce(\(order.expiresAt?.date)::timestamptz, igny8_now() + interval '1 year'))
            on conflict (key) do update set plan = coalesce(\(order.plan), old.plan),
                is_valid = coalesce(\(order.isValid), old.is_valid),
                units_limit = coalesce(\(order.unitsLimit)::bigint, old.units_limit),
                units_used = coalesce(\(order.unitsUsed)::bigint, old.units_used),
                expires_at = coalesce(\(order.expiresAt?.date)::timestamptz, old.expires_at)
            """
        )
    }
}
