public import DomainModel
public import Foundation
public import Postgres

/// `igny8_onboarding_steps`: one row a step, from the moment the sequence begins.
public enum OnboardingSteps {
    /// A step with its times, for a person to read.
    public struct Progress: Hashable, Sendable {
        /// The step as the sequence sees it.
        public let row: Onboarding.Row
        /// When it was last started.
        public let startedAt: Date?
        /// When it was done or skipped.
        public let finishedAt: Date?
        /// When anything about it changed.
        public let updatedAt: Date
    }

    /// The sequence as stored; steps without a row are waiting.
    public static func load(
        _ subscription: ManagedSubscription.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Onboarding {
        let rows = try await queries.query(
            """
            select step, status, attempts, detail, waits_for from igny8_onboarding_steps
            where subscription_id = \(subscription.rawValue) and \(fragment: tenant.owns())
            order by position\(fragment: lock.clause)
            """
        )
        return Onboarding(rows: try rows.map(decode))
    }

    /// The sequence with its times, in order.
    public static func progress(
        _ subscription: ManagedSubscription.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Progress] {
        try await queries.query(
            """
            select step, status, attempts, detail, waits_for, started_at, finished_at, updated_at
            from igny8_onboarding_steps
            where subscription_id = \(subscription.rawValue) and \(fragment: tenant.owns()) order by position
            """
        ).map { row in
            try Progress(
                row: decode(row),
                startedAt: row.decode("started_at"),
                finishedAt: row.decode("finished_at"),
                updatedAt: row.decode("updated_at")
            )
        }
    }

    /// Saves every step in one statement; those that did not change are left alone.
    public static func save(
        _ onboarding: Onboarding,
        of subscription: ManagedSubscription.ID,
        account: Account.ID,
        in queries: some PostgresQuerying
    ) async throws {
        let rows = onboarding.rows
        try await queries.query(
            """
            insert into igny8_onboarding_steps as stored (account_id, subscription_id, step, position, status, attempts,
                detail, waits_for, started_at, finished_at)
            select \(account.rawValue), \(subscription.rawValue), step, position, status, attempts, detail, waits_for,
                case when status = 'running' then igny8_now() end,
                case when status in ('done', 'skipped') then igny8_now() end
            from unnest(\(rows.map(\.step.rawValue)), \(rows.map { $0.step.index + 1 }), \(rows.map(\.status.rawValue)),
                \(rows.map(\.attempts)), \(rows.map(\.detail)), \(rows.map { $0.waitsFor?.rawValue }))
                as given (step, position, status, attempts, detail, waits_for)
            on conflict (subscription_id, step) do update set
                status = excluded.status, attempts = excluded.attempts, detail = excluded.detail,
                waits_for = excluded.waits_for, started_at = coalesce(excluded.started_at, stored.started_at),
                finished_at = case when excluded.status = stored.status then stored.finished_at
                    else excluded.finished_at end
            where (stored.status, stored.attempts, stored.detail, stored.waits_for)
                is distinct from (excluded.status, excluded.attempts, excluded.detail, excluded.waits_for)
            """
        )
    }

    /// Subscriptions whose sequence stopped at a step, waiting for somebody; account by account.
    public static func blocked(
        at step: OnboardingStep,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [ManagedSubscription.ID] {
        try await queries.query(
            """
            select subscription_id from igny8_onboarding_steps
            where status = 'blocked' and step = \(step.rawValue) and \(fragment: tenant.owns())
            order by account_id, subscription_id
            """
        ).map { row in try row.id("subscription_id") }
    }

    private static func decode(_ row: PostgresRow) throws -> Onboarding.Row {
        try Onboarding.Row(
            step: row.word("step"),
            status: row.word("status"),
            attempts: row.decode("attempts"),
            detail: row.decode("detail"),
            waitsFor: row.word(ifAny: "waits_for")
        )
    }
}
