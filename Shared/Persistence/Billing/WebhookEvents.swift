public import DomainModel
public import Foundation
public import Postgres

/// `igny8_webhook_events`: what gateways told us, stored before anything follows from it. Under the system.
public enum WebhookEvents {
    /// One event.
    public struct Event: Hashable, Sendable {
        /// The row's id.
        public let id: Int64
        /// `stripe` or `paypal`.
        public let provider: PaymentMethodKind
        /// The provider's name for it: `evt_…`.
        public let eventID: String
        /// `invoice.paid`.
        public let type: String
        /// What it is about: `in_…`.
        public let objectID: String?
        /// The provider's document.
        public let payload: JSONValue
        /// When the provider says it happened.
        public let occurredAt: Date?
        /// When its effect was taken; nil while it waits.
        public let processedAt: Date?
    }

    /// What became of an event.
    public enum Outcome: String, CaseIterable, Sendable {
        /// It changed something.
        case applied
        /// It concerns nothing of ours.
        case ignored
        /// Something newer was known already.
        case stale
        /// It could not be understood.
        case failed
    }

    /// Stores an event whose signature was verified.
    /// - Returns: its row's id, and whether it came for the first time.
    public static func store(
        provider: PaymentMethodKind,
        eventID: String,
        type: String,
        objectID: String?,
        payload: [UInt8],
        occurredAt: Date?,
        in queries: some PostgresQuerying
    ) async throws -> (id: Int64, isNew: Bool) {
        let inserted = try await queries.query(
            """
            insert into igny8_webhook_events (provider, event_id, event_type, object_id, is_verified, payload, occurred_at)
            values (\(provider.rawValue), \(eventID), \(type), \(objectID), true, \(PostgresJSON(bytes: payload)),
                \(occurredAt))
            on conflict (provider, event_id) do nothing
            returning id
            """
        )
        if let row = inserted.first { return (try row.decode("id"), true) }
        let known = try await queries.query(
            """
            select id from igny8_webhook_events where provider = \(provider.rawValue) and event_id = \(eventID)
            """
        )
        return (try known.only().decode("id"), false)
    }

    /// An event, held until the transaction ends.
    public static func take(_ id: Int64, in tx: PostgresTransaction) async throws -> Event? {
        try await tx.query(
            """
            select id, provider, event_id, event_type, object_id, payload, occurred_at, processed_at
            from igny8_webhook_events where id = \(id) for no key update
            """
        ).first.map { row in
            try Event(
                id: row.decode("id"),
                provider: row.word("provider"),
                eventID: row.decode("event_id"),
                type: row.decode("event_type"),
                objectID: row.decode("object_id"),
                payload: row.json("payload"),
                occurredAt: row.decode("occurred_at"),
                processedAt: row.decode("processed_at")
            )
        }
    }

    /// Records what became of an event, in the transaction of its effect.
    public static func finish(
        _ id: Int64,
        _ outcome: Outcome,
        account: Account.ID?,
        detail: String = "",
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            update igny8_webhook_events set processed_at = igny8_now(), outcome = \(outcome.rawValue), detail = \(detail),
                account_id = coalesce(\(account?.rawValue)::bigint, account_id)
            where id = \(id)
            """
        )
    }

    /// Events that wait for their effect, the oldest first.
    public static func waiting(limit: Int = 100, in queries: some PostgresQuerying) async throws -> [Int64] {
        try await queries.query(
            "select id from igny8_webhook_events where processed_at is null order by id limit \(limit)"
        ).map { row in try row.decode("id") }
    }
}
