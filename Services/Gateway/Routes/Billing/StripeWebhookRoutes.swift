import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

enum StripeWebhookRoutes {
    static let endpoints = [receive]

    /// Stored first, in one transaction with the job that works it off; 2xx only after the commit. A second delivery of
    /// the same event is stored once and answered alike.
    private static let receive = Endpoint(
        .post,
        "webhooks/stripe/",
        .public,
        "receiveStripeWebhook",
        "What Stripe tells us; signed over the raw body"
    ) { call in
        guard let header = call.request.headers[.stripeSignature], let signature = StripeSignature(header),
            signature.isMade(with: call.services.configuration.stripeWebhookSecrets, over: call.rawBody)
        else { throw Problem.malformed("The Stripe-Signature does not fit the body.") }
        guard let event = try? JSONReader.read(call.rawBody), let id = event["id"]?.string,
            let type = event["type"]?.string
        else { throw Problem.malformed("The body is not an event of Stripe's.") }
        guard signature.isTimely(at: call.services.clock.now()) else {
            throw Problem.malformed("The signature is older than \(Int(StripeSignature.tolerance)) s.")
        }
        let system = Tenant.system(reason: "stripe webhook")
        try await call.services.store.transaction(as: system, actor: "stripe") { tx in
            let stored = try await WebhookEvents.store(
                provider: .stripe,
                eventID: id,
                type: type,
                objectID: event["data"]?["object"]?["id"]?.string,
                payload: call.rawBody,
                occurredAt: event["created"]?.integer.map { Date(timeIntervalSince1970: Double($0)) },
                in: tx
            )
            guard stored.isNew else { return }
            try await call.services.producer.enqueue(SubscriptionsJobs.processWebhook(stored.id), in: tx)
        }
        return .json { $0.object { $0.member("received", true) } }
    }.with {
        $0.readsJSON = false
        // Stripe's largest events are below 100 KB; invoices with many lines are cut by Stripe itself.
        $0.bodyLimit = 512 * 1024
        $0.answer = .object([.required("received", .boolean)])
        $0.takesIdempotencyKey = false
    }
}

extension HTTPField.Name {
    static let stripeSignature = HTTPField.Name("Stripe-Signature")!
}
