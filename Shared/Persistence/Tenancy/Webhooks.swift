public import DomainModel
public import Foundation
public import Postgres

/// `igny8_webhook_endpoints`: where accounts want to be told. Deleted ones vanish.
public enum WebhookEndpoints {
    static let columns: SQL = "id, account_id, url, status, failing_since, created_at, updated_at, revision"

    static func decode(_ row: PostgresRow) throws -> Stored<WebhookEndpoint> {
        try Stored(
            WebhookEndpoint(
                id: row.id("id"),
                accountID: row.id("account_id"),
                url: row.decode("url"),
                isActive: row.decode("status", as: String.self) == "active",
                failingSince: row.decode("failing_since")
            ),
            row
        )
    }

    /// At most so many an account: each event is a request to each of them.
    public static let most = 20

    /// How many an account has. Hold the account first where ``most`` is to hold.
    public static func count(of account: Account.ID, in queries: some PostgresQuerying) async throws -> Int {
        try await queries.query(
            """
            select count(*) as count from igny8_webhook_endpoints
            where account_id = \(account.rawValue) and not is_deleted
            """
        ).only().decode("count")
    }

    /// An endpoint, when the tenant may see it.
    public static func find(
        _ id: WebhookEndpoint.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<WebhookEndpoint>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_webhook_endpoints
            where id = \(id.rawValue) and not is_deleted and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// A new endpoint with its secret sealed.
    /// - Parameter types: what it is told of; empty for all.
    public static func create(
        account: Account.ID,
        url: String,
        description: String,
        types: [WebhookEventType],
        secret: String,
        sealedBy box: SecretBox,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> WebhookEndpoint.ID {
        let id: Int64 = try await tx.query(
            """
            insert into igny8_webhook_endpoints (account_id, url, description, event_types, secret_last4, created_by)
            values (\(account.rawValue), \(url), \(description), \(types.map(\.rawValue)), \(String(secret.suffix(4))),
                \(createdBy?.rawValue))
            returning id
            """
        ).only().decode("id")
        let sealed = try await box.seal(Array(secret.utf8), for: place(id, account), in: tx)
        try await tx.query("update igny8_webhook_endpoints set secret = \(sealed) where id = \(id)")
        return .init(id)
    }

    /// The secret that deliveries are signed with.
    public static func secret(
        of endpoint: WebhookEndpoint,
        openedBy box: SecretBox,
        in queries: some PostgresQuerying
    ) async throws -> [UInt8] {
        let sealed: [UInt8] = try await queries.query(
            "select secret from igny8_webhook_endpoints where id = \(endpoint.id.rawValue)"
        ).only().decode("secret")
        return try await box.open(sealed, from: place(endpoint.id.rawValue, endpoint.accountID), in: queries)
    }

    private static func place(_ id: Int64, _ account: Account.ID) -> SecretBox.Place {
        SecretBox.Place(table: "igny8_webhook_endpoints", row: id, account: account)
    }

    /// Saves whether it is active and since when it fails.
    /// - Parameter deliveredAt: when it took something now.
    public static func save(
        _ endpoint: inout Stored<WebhookEndpoint>,
        deliveredAt: Date? = nil,
        in queries: some PostgresQuerying
    ) async throws {
        let rows = try await queries.query(
            """
            update igny8_webhook_endpoints set status = \(endpoint.isActive ? "active" : "disabled"),
                failing_since = \(endpoint.failingSince),
                disabled_at = case when \(endpoint.isActive) then null else coalesce(disabled_at, igny8_now()) end,
                last_delivered_at = coalesce(\(deliveredAt)::timestamptz, last_delivered_at)
            where id = \(endpoint.id.rawValue) and revision = \(endpoint.revision)
            returning revision, updated_at
            """
        )
        try endpoint.saved(rows, subject: "webhook_endpoint")
    }

    /// Takes an endpoint away; what was on its way to it is not tried any more.
    public static func delete(_ id: WebhookEndpoint.ID, for tenant: Tenant, in tx: PostgresTransaction) async throws {
        try await tx.batch([
            """
            update igny8_webhook_endpoints set is_deleted = true, deleted_at = igny8_now()
            where id = \(id.rawValue) and not is_deleted and \(fragment: tenant.owns())
            """,
            """
            update igny8_webhook_deliveries set status = 'failed', next_attempt_at = null, last_error = 'endpoint deleted'
            where endpoint_id = \(id.rawValue) and status = 'pending' and \(fragment: tenant.owns())
            """,
        ])
    }
}

/// `igny8_webhook_deliveries` with the events they carry. Events are written by triggers, with their cause.
public enum WebhookDeliveries {
    static let columns: SQL =
        "id, account_id, endpoint_id, status, attempts, round_from, next_attempt_at, created_at, updated_at, revision"

    /// A delivery with where it goes.
    public struct Row: Sendable {
        /// The delivery.
        public var delivery: Stored<WebhookDelivery>
        /// Whose.
        public let accountID: Account.ID
        /// Where to.
        public let endpointID: WebhookEndpoint.ID
    }

    /// A delivery, when the tenant may see it.
    public static func find(
        _ id: WebhookDelivery.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Row? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_webhook_deliveries
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map { row in
            try Row(
                delivery: Stored(
                    WebhookDelivery(
                        id: row.id("id"),
                        status: row.word("status"),
                        attempts: row.decode("attempts"),
                        roundFrom: row.decode("round_from"),
                        nextAttemptAt: row.decode("next_attempt_at")
                    ),
                    row
                ),
                accountID: row.id("account_id"),
                endpointID: row.id("endpoint_id")
            )
        }
    }

    /// What a delivery says: the same bytes at each attempt.
    /// - Returns: the event's name for receivers, its type, and the body.
    public static func message(
        of id: WebhookDelivery.ID,
        in queries: some PostgresQuerying
    ) async throws -> (event: String, type: String, body: String) {
        let row = try await queries.query(
            """
            select 'evt_' || event.id as event, event.event_type, jsonb_build_object('id', 'evt_' || event.id,
                'type', event.event_type, 'account_id', event.account_id, 'data', event.data, 'created_at',
                to_char(event.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::text as body
            from igny8_webhook_deliveries delivery join igny8_outgoing_events event on event.id = delivery.event_id
            where delivery.id = \(id.rawValue)
            """
        ).only()
        return (try row.decode("event"), try row.decode("event_type"), try row.decode("body"))
    }

    /// Saves where it stands.
    /// - Parameters:
    ///   - status: what the endpoint answered, if it did.
    ///   - error: why it was not taken.
    ///   - triedAt: when, if it was tried now.
    public static func save(
        _ delivery: inout Stored<WebhookDelivery>,
        status: Int? = nil,
        error: String? = nil,
        triedAt: Date? = nil,
        in queries: some PostgresQuerying
    ) async throws {
        let value = delivery.value
        let rows = try await queries.query(
            """
            update igny8_webhook_deliveries set status = \(value.status.rawValue), attempts = \(value.attempts),
                round_from = \(value.roundFrom), next_attempt_at = \(value.nextAttemptAt),
                last_status = \(status), last_error = \(error.map { String($0.prefix(500)) }),
                last_attempt_at = coalesce(\(triedAt)::timestamptz, last_attempt_at),
                delivered_at = case when \(value.status == .delivered) then coalesce(\(triedAt)::timestamptz, delivered_at)
                    else delivered_at end
            where id = \(value.id.rawValue) and revision = \(delivery.revision)
            returning revision, updated_at
            """
        )
        try delivery.saved(rows, subject: "webhook_delivery")
    }
}
