import Postgres

/// What one call works with: its transaction, the business time it reads once, and the cause its events name.
struct StripeScope: Sendable {
    let store: StripeStore
    let outbox: WebhookOutbox
    /// Unix seconds, business time.
    let now: Int64
    let requestID: String
    let idempotencyKey: String?
    /// Where the holder of a card is sent for 3-D Secure.
    let publicURL: String

    var tx: PostgresTransaction { store.tx }

    func emit(_ type: String, _ object: some StripeObject) async throws {
        try await outbox.record(
            StripeEvent(
                id: StripeID.make("evt"),
                created: now,
                data: StripeEvent.Payload(object: object),
                request: .init(id: requestID, idempotencyKey: idempotencyKey),
                type: type
            ),
            about: object.id,
            in: tx
        )
    }
}
