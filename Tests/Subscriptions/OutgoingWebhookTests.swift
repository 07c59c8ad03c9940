import Crypto
import DomainModel
import Foundation
import JobQueue
import NIOConcurrencyHelpers
import Persistence
import Postgres
import Testing

@testable import Subscriptions

/// A receiver of webhooks that answers as the test says.
final class FakeReceiver: WebhookSender {
    private struct State {
        var letters: [WebhookLetter] = []
        var outcome: WebhookOutcome = .taken(status: 200)
    }

    private let state = NIOLockedValueBox(State())

    var letters: [WebhookLetter] { state.withLockedValue { $0.letters } }

    func answer(_ outcome: WebhookOutcome) { state.withLockedValue { $0.outcome = outcome } }

    func deliver(_ letter: WebhookLetter) async -> WebhookOutcome {
        state.withLockedValue { state in
            state.letters.append(letter)
            return state.outcome
        }
    }
}

@Suite("Outgoing webhooks", .timeLimit(.minutes(5))) struct OutgoingWebhookTests {
    private static let secret = "whsec_test"

    private static func endpoint(
        of client: TestClient,
        _ agency: Agency,
        types: [WebhookEventType] = []
    ) async throws -> WebhookEndpoint.ID {
        try await agency.transaction { tx in
            try await WebhookEndpoints.create(
                account: client.account,
                url: "https://\(client.domain)/hook",
                description: "test",
                types: types,
                secret: secret,
                sealedBy: agency.secrets,
                createdBy: nil,
                in: tx
            )
        }
    }

    @Test("what happens to an account is told once, signed, in the words of the API; others hear nothing")
    func events() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("one", isConnected: false)
            let other = try await agency.client("other", isConnected: false)
            _ = try await Self.endpoint(of: client, agency)
            let quiet = try await Self.endpoint(of: other, agency, types: [.invoiceVoided])
            try await agency.connect(client)
            try await agency.connect(other)
            try await agency.onboard(client)
            try await agency.onboard(other)
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let letters = agency.receiver.letters
            #expect(
                Set(letters.map(\.type)) == [
                    "subscription.activated", "invoice.issued", "payment.succeeded", "invoice.paid",
                ]
            )
            #expect(Set(letters.map(\.event)).count == letters.count, "each once")
            #expect(letters.allSatisfy { $0.url == "https://one.example/hook" && $0.endpoint != quiet })
            let paid = try #require(letters.first { $0.type == "invoice.paid" })
            let event = try JSONDecoder().decode(JSONValue.self, from: Data(paid.body.utf8))
            #expect(event.members?["id"] == .string(paid.event))
            #expect(event.members?["account_id"] == .integer(client.account.rawValue))
            let invoice = try #require(try await agency.invoices(client).first)
            let data = event.members?["data"]?.members
            #expect(data?["number"] == .string(invoice.number?.description ?? ""))
            #expect(data?["total"] == .string(invoice.total.decimalString) && data?["due"] == "0.00")
            let parts = paid.signature.split(separator: ",")
            let time = parts[0].dropFirst(2)
            let code = HMAC<SHA256>.authenticationCode(
                for: Data("\(time).\(paid.body)".utf8),
                using: SymmetricKey(data: Array(Self.secret.utf8))
            )
            #expect(parts[1] == "v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
            try await agency.expectNoDeadJobs()
            try await agency.expectBalancedBooks()
        }
    }

    @Test("a receiver that fails is tried ten times over three days with the same bytes, and can be replayed")
    func retries() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("one", isConnected: false)
            _ = try await Self.endpoint(of: client, agency, types: [.subscriptionActivated])
            agency.receiver.answer(.refused(status: 503, reason: "answered 503"))
            try await agency.connect(client)
            try await agency.onboard(client)
            try await agency.live(until: "2026-09-22T08:00:00Z")
            #expect(agency.receiver.letters.count == 10)
            #expect(Set(agency.receiver.letters.map(\.body)).count == 1)
            #expect(
                try await agency.count(
                    "select attempts from igny8_webhook_deliveries where status = 'failed' and last_status = 503"
                ) == 10
            )
            #expect(try await agency.count("select count(*) from igny8_webhook_endpoints where status = 'active'") == 1)
            agency.receiver.answer(.taken(status: 204))
            try await agency.transaction { tx in
                let id: Int64 = try #require(try await tx.query("select id from igny8_webhook_deliveries").first)
                    .decode("id")
                var row = try #require(
                    try await WebhookDeliveries.find(.init(id), for: Agency.system, lock: .forUpdate, in: tx)
                )
                try row.delivery.value.replay(at: await BusinessClock.now(in: tx))
                try await WebhookDeliveries.save(&row.delivery, in: tx)
                try await agency.producer.enqueue(
                    SubscriptionsJobs.deliverWebhook(row.delivery.value, to: row.endpointID, account: row.accountID),
                    in: tx
                )
            }
            try await agency.settle()
            #expect(agency.receiver.letters.count == 11)
            #expect(agency.receiver.letters[10].body == agency.receiver.letters[0].body)
            #expect(
                try await agency.count(
                    """
                    select count(*) from igny8_webhook_deliveries d join igny8_webhook_endpoints e on e.id = d.endpoint_id
                    where d.status = 'delivered' and e.failing_since is null and e.last_delivered_at is not null
                    """
                ) == 1
            )
        }
    }

    @Test("an endpoint that takes nothing for five days is disabled, its owner told once, and nothing more is written")
    func disabling() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("one", isConnected: false)
            let id = try await Self.endpoint(of: client, agency, types: [.subscriptionChanged])
            agency.receiver.answer(.refused(status: nil, reason: "no connection"))
            func change(_ price: Int64) async throws {
                _ = try await agency.transaction { tx in
                    try await tx.query(
                        """
                        update igny8_managed_service_subscriptions set monthly_price = \(price)
                        where id = \(client.subscription.rawValue)
                        """
                    )
                }
                try await agency.settle()
            }
            try await change(300)
            try await agency.live(until: "2026-09-21T08:00:00Z")
            try await change(310)
            try await agency.live(until: "2026-09-22T18:00:00Z")
            #expect(
                try await agency.count(
                    "select count(*) from igny8_webhook_endpoints where id = \(id.rawValue) and status = 'disabled'"
                ) == 1
            )
            let mails = agency.postman.taken.filter { $0.subject.contains("webhook") }
            #expect(mails.count == 1 && mails.first?.to == "owner@one.example")
            let before = try await agency.count("select count(*) from igny8_outgoing_events")
            try await change(320)
            #expect(try await agency.count("select count(*) from igny8_outgoing_events") == before)
            #expect(
                try await agency.count("select count(*) from igny8_webhook_deliveries where status = 'pending'") == 0
            )
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("the same attempt run twice counts once")
    func twice() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("one", isConnected: false)
            _ = try await Self.endpoint(of: client, agency, types: [.subscriptionChanged])
            _ = try await agency.transaction { tx in
                try await tx.query(
                    """
                    update igny8_managed_service_subscriptions set monthly_price = 300
                    where id = \(client.subscription.rawValue)
                    """
                )
            }
            try await agency.settle()
            #expect(agency.receiver.letters.count == 1)
            let id = agency.receiver.letters[0].delivery.rawValue
            try await agency.enqueue(
                NewJob(
                    queue: Queue.subscriptions,
                    task: DeliverWebhook.name,
                    account: client.account.rawValue,
                    payload: SubscriptionsJobs.Delivery(deliveryID: id, attempt: 1)
                )
            )
            try await agency.settle()
            #expect(agency.receiver.letters.count == 1, "it was taken already")
            #expect(try await agency.count("select attempts from igny8_webhook_deliveries") == 1)
        }
    }
}
