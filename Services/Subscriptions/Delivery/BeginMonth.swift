import DomainModel
import Foundation
import Persistence
import Postgres

extension Office {
    /// Business time's day in a zone.
    func today(in zone: String, _ tx: PostgresTransaction) async throws -> CalendarDay {
        let now = try await BusinessClock.now(in: tx)
        return CalendarDay(of: now, in: TimeZone(identifier: zone) ?? .gmt)
    }

    /// The machine's time, by the database: what idempotency keys live by.
    func machineTime(_ tx: PostgresTransaction) async throws -> Date {
        guard let row = try await tx.query("select now() as now").first else { throw MissingRow(what: "the time") }
        return try row.decode("now")
    }

    /// Sets a subscription's month to a new one; a month already begun is left alone.
    func beginMonth(
        _ month: CalendarMonth,
        of subscription: inout Stored<ManagedSubscription>,
        in tx: PostgresTransaction
    ) async throws {
        guard subscription.value.beginMonth(month) else { return }
        try await ManagedSubscriptions.save(&subscription, in: tx)
        try note(.monthStarted, on: .subscription(subscription.value), to: month.description)
    }
}
