import Crypto
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Stripe's webhooks", .timeLimit(.minutes(2)))
struct StripeWebhookTests {
    private func post(
        _ gateway: TestGateway,
        _ body: String,
        secret: String = "whsec_new",
        at time: Date? = nil
    ) async throws -> TestAnswer {
        let now: Date = try await gateway.value("select igny8_now()")
        let stamp = Int64((time ?? now).timeIntervalSince1970)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(stamp).\(body)".utf8),
            using: SymmetricKey(data: Data(secret.utf8))
        )
        let signature = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return try await gateway.raw(
            .post,
            "/api/v1/webhooks/stripe/",
            Array(body.utf8),
            headers: [("Stripe-Signature", "t=\(stamp),v1=\(signature)")]
        )
    }

    private let event = #"{"id":"evt_1","type":"invoice.paid","created":1789632000,"data":{"object":{"id":"in_1"}}}"#

    @Test("an event is stored with its job before it is answered, and once however often it comes")
    func stored() async throws {
        try await TestGateway.with { gateway in
            for _ in 0..<3 { #expect(try await post(gateway, event).status == 200) }
            #expect(try await gateway.value("select count(*) from igny8_webhook_events", as: Int64.self) == 1)
            let jobs: Int64 = try await gateway.value(
                """
                select count(*) from igny8_jobs j join igny8_webhook_events e
                on e.id = (j.payload ->> 'webhook_event_id')::bigint where j.task = 'process_webhook'
                """
            )
            #expect(jobs == 1)
        }
    }

    @Test("either secret signs; a wrong one, a changed body, an old or missing signature do not")
    func signatures() async throws {
        try await TestGateway.with { gateway in
            #expect(try await post(gateway, event, secret: "whsec_old").status == 200)
            #expect(try await post(gateway, event, secret: "whsec_other").status == 400)
            let now: Date = try await gateway.value("select igny8_now()")
            #expect(try await post(gateway, event, at: now.addingTimeInterval(-301)).status == 400)
            #expect(try await post(gateway, event, at: now.addingTimeInterval(-290)).status == 200)
            let bare = try await gateway.raw(.post, "/api/v1/webhooks/stripe/", Array(event.utf8))
            #expect(bare.status == 400)
            #expect(try await gateway.value("select count(*) from igny8_webhook_events", as: Int64.self) == 1)
        }
    }

    @Test("the age of a signature is machine time, wherever a simulation has moved the business clock")
    func machineTime() async throws {
        try await TestGateway.with { gateway in
            let later = Date(timeIntervalSince1970: 2_000_000_000)
            let now: Date = try await gateway.value("select now()")
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                ["update igny8_business_clock set frozen_at = \(later)"]
            )
            #expect(try await post(gateway, event, at: later).status == 400)
            #expect(try await post(gateway, event, at: now).status == 200)
        }
    }
}
