import Logging
import Postgres
import ServiceLifecycle

/// Lets happen what was told to happen, when its business time has come; what fails is tried again.
struct WorldRunner: Service, CustomStringConvertible {
    let database: PostgresDatabase
    let plugins: PluginInstaller
    let clients: CardHolder
    let stripe: StripeAPI
    let paypal: PayPalAPI
    let links: LinkBuyer
    let bell: Bell
    let logger: Logger

    var description: String { "world" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = Duration.seconds(1)
                do {
                    pause = try await runDue()
                } catch  where Task.isCancelled {
                    return
                } catch {
                    logger.warning("the world waits for the database", metadata: ["error": "\(error)"])
                }
                await bell.wait(atMost: pause)
            }
        }
    }

    /// - Returns: how long to wait for the next try.
    func runDue() async throws -> Duration {
        let rows = try await database.query(
            """
            select id, name, kind, attempts, payload from sandbox.world_events
            where done_at is null and due_at <= igny8_now() and retry_at <= now() order by due_at, id
            """
        )
        for row in rows {
            if Task.isCancelled { break }
            let event = try WorldEvent(row)
            do {
                try await carryOut(event)
                logger.info("it happened", metadata: ["event": "\(event.name)"])
            } catch {
                logger.info("it did not happen yet", metadata: ["event": "\(event.name)", "error": "\(error)"])
                try await postpone(event, "\(error)")
            }
        }
        let next = try await database.query(
            """
            select ceil(extract(epoch from min(retry_at) - now()) * 1000)::bigint as pause from sandbox.world_events
            where done_at is null and due_at <= igny8_now()
            """
        )
        let pause: Int64? = try next.first?.decode("pause")
        return .milliseconds(min(1_000, max(5, pause ?? 1_000)))
    }

    private func carryOut(_ event: WorldEvent) async throws {
        switch event.kind {
        case .connectPlugin:
            try await plugins.connect(try event.payload.decode(PluginConnection.self), closing: event)
        case .replaceCard:
            try await clients.replace(try event.payload.decode(CardReplacement.self), named: event.name)
            try await database.query(event.closing)
        case .connectSearchConsole:
            try await clients.consent(try event.payload.decode(SearchConsoleConsent.self))
            try await database.query(event.closing)
        case .orderLinks:
            try await links.order(try event.payload.decode(LinkBuyer.Purchase.self), closing: event)
        case .approveLinks:
            try await links.approve(try event.payload.decode(LinkBuyer.OrderReference.self), closing: event)
        case .placeLinks:
            try await links.place(try event.payload.decode(LinkBuyer.OrderReference.self), closing: event)
        case .deliverLink:
            try await links.deliver(try event.payload.decode(LinkBuyer.LinkReference.self), closing: event)
        case .tendLink:
            try await links.tend(try event.payload.decode(LinkBuyer.LinkReference.self), closing: event)
        case .decideCapture:
            let decision = try event.payload.decode(CaptureDecision.self)
            try await paypal.happen(event) { scope in try await OrderPayment.decide(decision, in: scope) }
        case .decideDispute:
            let decision = try event.payload.decode(DisputeDecision.self)
            if decision.dispute.hasPrefix(Dispute.idPrefix + "_") {
                try await stripe.happen(event) { scope in try await Disputes.decide(decision, in: scope) }
            } else {
                try await paypal.happen(event) { scope in try await OrderPayment.decide(decision, in: scope) }
            }
        }
    }

    private func postpone(_ event: WorldEvent, _ reason: String) async throws {
        try await database.query(
            """
            update sandbox.world_events
            set attempts = attempts + 1, last_error = \(reason),
              retry_at = now() + \(event.backoffMilliseconds) * interval '1 millisecond'
            where id = \(event.id)
            """
        )
    }
}
