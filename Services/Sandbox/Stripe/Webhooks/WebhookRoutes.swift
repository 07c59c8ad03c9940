import FoundationEssentials
import Hummingbird
import Postgres

/// The post office's counter: what was sent and how it went, and the weather.
struct WebhookRoutes: Sendable {
    private struct Delivery: Encodable, Sendable {
        var event: String
        var type: String
        var dueAt: Moment
        var attempts: Int
        @Nullable var lastOutcome: String?
        @Nullable var deliveredAt: Moment?
        @Nullable var givenUpAt: Moment?
    }

    let database: PostgresDatabase
    let outbox: WebhookOutbox

    func add(to router: Router<SandboxContext>) {
        let webhooks = router.group("webhooks")
        webhooks.get { _, _ in try Answers.json(try await deliveries()) }
        webhooks.get("weather") { _, _ in try Answers.json(outbox.weather) }
        webhooks.post("weather") { request, context in
            let weather = try await Questions.json(WebhookWeather.self, from: request, context)
            guard (0...1).contains(weather.duplicates), (0...1).contains(weather.disorder) else {
                return try Answers.refusal("duplicates and disorder: expected numbers from 0 to 1.")
            }
            try await outbox.change(weather, in: database)
            return try Answers.json(outbox.weather)
        }
    }

    private func deliveries() async throws -> [Delivery] {
        try await database.query(
            """
            select delivery.*, event.type from sandbox.webhook_deliveries delivery
            join sandbox.webhook_events event on event.id = delivery.event and event.provider = delivery.provider
            order by delivery.id desc limit 500
            """
        ).map { row in
            let delivered: Date? = try row.decode("delivered_at")
            let givenUp: Date? = try row.decode("given_up_at")
            return Delivery(
                event: try row.decode("event"),
                type: try row.decode("type"),
                dueAt: Moment(try row.decode("due_at")),
                attempts: try row.decode("attempts"),
                lastOutcome: try row.decode("last_outcome"),
                deliveredAt: delivered.map(Moment.init),
                givenUpAt: givenUp.map(Moment.init)
            )
        }
    }
}
