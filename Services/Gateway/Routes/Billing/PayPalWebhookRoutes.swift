import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

enum PayPalWebhookRoutes {
    static let endpoints = [receive]

    /// As Stripe's: verified, stored first, in one transaction with the job that works it off; 2xx only after the commit.
    ///
    /// The API calls no provider. A certificate that is not here yet is ordered of the worker, and PayPal, told 503, sends
    /// its event again (25 times in 3 days).
    private static let receive = Endpoint(
        .post,
        "webhooks/paypal/",
        .public,
        "receivePayPalWebhook",
        "What PayPal tells us; signed over the raw body's checksum by its certificate"
    ) { call in
        let configuration = call.services.configuration
        guard let signature = PayPalSignature(call.request.headers),
            signature.isFromPayPal(api: configuration.paypalURL), !configuration.paypalWebhookIDs.isEmpty
        else { throw Problem.malformed("The paypal-transmission headers are not PayPal's.") }
        let certificate = try await certificate(at: signature.certificateURL, call)
        guard certificate.validity.contains(call.services.clock.now()),
            signature.isMade(for: configuration.paypalWebhookIDs, over: call.rawBody, by: certificate)
        else { throw Problem.malformed("The signature does not fit the body.") }
        guard let event = try? JSONReader.read(call.rawBody), let id = event["id"]?.string,
            let type = event["event_type"]?.string
        else { throw Problem.malformed("The body is not an event of PayPal's.") }
        try await call.services.store.transaction(as: system, actor: "paypal") { tx in
            let stored = try await WebhookEvents.store(
                provider: .paypal,
                eventID: id,
                type: type,
                objectID: event["resource"]?["id"]?.string ?? event["resource"]?["dispute_id"]?.string,
                payload: call.rawBody,
                occurredAt: event["create_time"]?.string.flatMap { try? Date($0, strategy: .iso8601) },
                in: tx
            )
            guard stored.isNew else { return }
            try await call.services.producer.enqueue(SubscriptionsJobs.processWebhook(stored.id), in: tx)
        }
        return .json { $0.object { $0.member("received", true) } }
    }.with {
        $0.readsJSON = false
        $0.bodyLimit = 512 * 1024
        $0.answer = .object([.required("received", .boolean)])
        $0.takesIdempotencyKey = false
        $0.problems = [.serviceUnavailable]
    }

    private static let system = Tenant.system(reason: "paypal webhook")

    /// The certificate as the worker fetched it; one that is not here is ordered.
    private static func certificate(at url: String, _ call: Call) async throws -> SigningCertificate {
        let stored = try await call.services.store.read(as: system, actor: "paypal") { tx in
            try await GatewayCertificates.find(url, in: tx)
        }
        guard let stored else {
            try await call.services.store.transaction(as: system, actor: "paypal") { tx in
                _ = try await call.services.producer.enqueue(SubscriptionsJobs.fetchCertificate(url), in: tx)
            }
            throw Problem(
                .serviceUnavailable,
                "certificate-unknown",
                "The certificate is being fetched",
                "Send the event again in a moment.",
                headers: [.retryAfter: "2"]
            )
        }
        guard let certificate = SigningCertificate(pem: stored) else {
            throw Problem.malformed("There is no RSA certificate at the address.")
        }
        return certificate
    }
}
