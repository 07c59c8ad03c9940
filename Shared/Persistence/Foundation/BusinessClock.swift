public import Foundation
public import Postgres

/// Business time: what an agency would write in a calendar (architecture, "Two clocks"). It lives in the database, so
/// that all processes agree; machine time is PostgreSQL's `now()`.
public enum BusinessClock {
    /// The clock's position.
    public struct Reading: Hashable, Sendable {
        /// Business time now.
        public let now: Date
        /// Whether it stands still.
        public let isFrozen: Bool
    }

    /// Business time, the same through the whole transaction.
    public static func now(in queries: some PostgresQuerying) async throws -> Date {
        try await queries.query("select igny8_now() as now").only().decode("now")
    }

    /// The clock's position.
    public static func read(in queries: some PostgresQuerying) async throws -> Reading {
        let row = try await queries.query(
            "select igny8_now() as now, frozen_at is not null as frozen from igny8_business_clock"
        ).only()
        return Reading(now: try row.decode("now"), isFrozen: try row.decode("frozen"))
    }

    /// Stops the clock, at a moment or where it is.
    public static func freeze(at moment: Date? = nil, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            "update igny8_business_clock set frozen_at = coalesce(\(moment)::timestamptz, igny8_now()), changed_at = now()"
        )
    }

    /// Moves the clock to a moment, frozen or not; never back.
    /// - Returns: whether it moved.
    @discardableResult
    public static func advance(to moment: Date, in queries: some PostgresQuerying) async throws -> Bool {
        try await queries.query(
            """
            update igny8_business_clock set
                frozen_at = case when frozen_at is not null then \(moment)::timestamptz end,
                clock_offset = case when frozen_at is null then \(moment)::timestamptz - now() else clock_offset end,
                changed_at = now()
            where igny8_now() < \(moment)::timestamptz
            """
        ).affected > 0
    }

    /// Lets the clock run on from where it stands.
    public static func release(in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            update igny8_business_clock
            set clock_offset = frozen_at - now(), frozen_at = null, changed_at = now()
            where frozen_at is not null
            """
        )
    }
}
