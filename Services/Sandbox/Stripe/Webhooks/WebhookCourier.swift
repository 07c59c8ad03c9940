import Logging
import Postgres
import ServiceLifecycle
import WebClient

/// Carries both providers' events to their endpoints: in order of their business time, again after a failure, for as long as it takes.
struct WebhookCourier: Service, CustomStringConvertible {
    let database: PostgresDatabase
    let client: WebClient
    /// The API of ours that is told, without a slash at the end.
    let gatewayURL: String
    let secret: String
    let paypal: PayPalSigner
    let bell: Bell
    let clock: MachineClock
    let logger: Logger

    var description: String { "webhook courier" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let pause: Duration
                do {
                    pause = try await deliverDue()
                } catch  where Task.isCancelled {
                    return
                } catch {
                    logger.warning("webhooks wait for the database", metadata: ["error": "\(error)"])
                    pause = .seconds(1)
                }
                await bell.wait(atMost: pause)
            }
        }
    }

    /// - Returns: how long nothing will be due, as far as is known.
    func deliverDue() async throws -> Duration {
        while !Task.isCancelled {
            let rows = try await database.query(
                """
                select delivery.id, delivery.attempts, delivery.provider, event.id as event, event.type, event.body
                from sandbox.webhook_deliveries delivery
                join sandbox.webhook_events event on event.id = delivery.event and event.provider = delivery.provider
                where delivered_at is null and given_up_at is null and due_at <= igny8_now() and retry_at <= now()
                order by due_at, delivery.id limit 50
                """
            )
            if rows.isEmpty { break }
            for row in rows {
                if Task.isCancelled { break }
                try await deliver(WebhookDelivery(row))
            }
        }
        return try await untilNextRetry()
    }

    private func deliver(_ delivery: WebhookDelivery) async throws {
        let outcome = await send(delivery)
        if outcome.isAccepted {
            try await database.query(
                """
                update sandbox.webhook_deliveries
                set delivered_at = igny8_now(), attempts = attempts + 1, last_outcome = \(outcome.text)
                where id = \(delivery.id)
                """
            )
            return
        }
        let isLast = delivery.attempts + 1 >= WebhookDelivery.mostAttempts
        logger.info(
            "webhook refused",
            metadata: [
                "event": "\(delivery.event)", "outcome": "\(outcome.text)", "attempt": "\(delivery.attempts + 1)",
            ]
        )
        try await database.query(
            """
            update sandbox.webhook_deliveries
            set attempts = attempts + 1, last_outcome = \(outcome.text),
              retry_at = now() + \(delivery.backoffMilliseconds) * interval '1 millisecond',
              given_up_at = case when \(isLast) then igny8_now() end
            where id = \(delivery.id)
            """
        )
    }

    private func send(_ delivery: WebhookDelivery) async -> (isAccepted: Bool, text: String) {
        do {
            let request = WebRequest(
                method: .post,
                url: "\(gatewayURL)/api/v1/webhooks/\(delivery.provider)/",
                headers: try await headers(of: delivery),
                body: delivery.body,
                timeout: .seconds(10),
                guardAddresses: false
            )
            let response = try await client.send(request)
            return ((200..<300).contains(response.status), "\(response.status)")
        } catch {
            return (false, "\(error)")
        }
    }

    private func headers(of delivery: WebhookDelivery) async throws -> [(name: String, value: String)] {
        if delivery.provider == "paypal" {
            return try await paypal.headers(of: delivery.body, delivery: delivery.id)
        }
        return [
            ("Content-Type", "application/json; charset=utf-8"),
            (
                "Stripe-Signature",
                WebhookSignature.header(body: delivery.body, secret: secret, time: clock.unixSeconds())
            ),
            ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        ]
    }

    private func untilNextRetry() async throws -> Duration {
        let rows = try await database.query(
            """
            select ceil(extract(epoch from min(retry_at) - now()) * 1000)::bigint as pause
            from sandbox.webhook_deliveries
            where delivered_at is null and given_up_at is null and due_at <= igny8_now()
            """
        )
        let pause: Int64? = try rows.first?.decode("pause")
        return .milliseconds(min(1_000, max(5, pause ?? 1_000)))
    }
}

/// One event on its way.
struct WebhookDelivery: Sendable {
    var id: Int64
    var attempts: Int
    var event: String
    /// `stripe` or `paypal`, as the endpoint is called.
    var provider: String
    var body: [UInt8]

    /// Five hundred tries, at most five seconds apart: about forty minutes of machine time, while business time stands.
    static let mostAttempts = 500

    init(_ row: PostgresRow) throws {
        id = try row.decode("id")
        attempts = try row.decode("attempts")
        event = try row.decode("event")
        provider = try row.decode("provider")
        body = try row.decode("body")
    }

    /// 50 ms, doubled with each failure up to 5 s.
    var backoffMilliseconds: Int64 { min(5_000, 50 << Int64(min(attempts, 10))) }
}
