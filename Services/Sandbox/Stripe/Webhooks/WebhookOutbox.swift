import NIOConcurrencyHelpers
import Postgres

/// Writes events, and the deliveries they lead to, in the transaction of what they tell of.
final class WebhookOutbox: Sendable {
    /// Rings when there is something to deliver.
    let bell: Bell
    private let isListening: Bool
    private let isPayPalListening: Bool
    private let weatherBox: NIOLockedValueBox<WebhookWeather>

    /// - Parameters:
    ///   - isListening: an endpoint is configured: without one, events are kept and nothing is delivered.
    ///   - isPayPalListening: and it knows PayPal's webhook.
    init(bell: Bell, isListening: Bool, isPayPalListening: Bool = false, weather: WebhookWeather) {
        self.bell = bell
        self.isListening = isListening
        self.isPayPalListening = isListening && isPayPalListening
        weatherBox = NIOLockedValueBox(weather)
    }

    var weather: WebhookWeather { weatherBox.withLockedValue { $0 } }

    func record<Object>(_ event: StripeEvent<Object>, about object: String, in tx: PostgresTransaction) async throws {
        let rows = try await tx.query(
            """
            insert into sandbox.stripe_events (id, type, object, created, body)
            values (\(event.id), \(event.type), \(object), \(event.created), \(try StripeJSON.encode(event)))
            returning serial
            """
        )
        guard isListening, WebhookTypes.subscribed.contains(event.type), let row = rows.first else { return }
        try await post(event.id, "stripe", serial: try row.decode("serial"), in: tx)
    }

    /// An event of PayPal's; its endpoint asked for all that there are.
    func record(
        _ id: String,
        _ type: String,
        about object: String,
        body: [UInt8],
        in tx: PostgresTransaction
    )
        async throws
    {
        let rows = try await tx.query(
            """
            insert into sandbox.paypal_events (id, type, object, body) values (\(id), \(type), \(object), \(body))
            returning serial
            """
        )
        guard isPayPalListening, let row = rows.first else { return }
        try await post(id, "paypal", serial: try row.decode("serial"), in: tx)
    }

    private func post(_ event: String, _ provider: String, serial: Int64, in tx: PostgresTransaction) async throws {
        let delays = weather.forecast(serial: serial)
        try await tx.query(
            """
            insert into sandbox.webhook_deliveries (event, provider, due_at)
            select \(event), \(provider), igny8_now() + delay * interval '1 second'
            from unnest(\(delays)::bigint[]) delay
            """
        )
        tx.afterCommit { [bell] in bell.ring() }
    }

    func load(from database: PostgresDatabase) async throws {
        let rows = try await database.query("select seed, duplicates, disorder from sandbox.webhook_weather")
        guard let row = rows.first else { return }
        let stored = WebhookWeather(
            seed: try row.decode("seed"),
            duplicates: try row.decode("duplicates"),
            disorder: try row.decode("disorder")
        )
        weatherBox.withLockedValue { $0 = stored }
    }

    func change(_ weather: WebhookWeather, in database: PostgresDatabase) async throws {
        try await database.query(
            """
            insert into sandbox.webhook_weather (seed, duplicates, disorder)
            values (\(weather.seed), \(weather.duplicates), \(weather.disorder))
            on conflict (only_row) do update
            set seed = excluded.seed, duplicates = excluded.duplicates, disorder = excluded.disorder
            """
        )
        weatherBox.withLockedValue { $0 = weather }
    }
}

/// The event types the endpoint asked for (spec 5 §4, "Types to handle").
enum WebhookTypes {
    static let subscribed: Set<String> = [
        "invoice.created", "invoice.finalized", "invoice.finalization_failed", "invoice.paid",
        "invoice.payment_succeeded", "invoice.payment_failed", "invoice.payment_action_required", "invoice.voided",
        "invoice.marked_uncollectible", "invoice.overpaid", "invoice_payment.paid", "payment_intent.succeeded",
        "payment_intent.payment_failed", "payment_intent.requires_action", "payment_intent.processing",
        "payment_intent.canceled", "charge.refunded", "charge.dispute.created", "charge.dispute.updated",
        "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
        "setup_intent.succeeded", "setup_intent.setup_failed", "payment_method.attached", "payment_method.detached",
        "payment_method.automatically_updated", "customer.updated", "customer.deleted",
    ]
}
