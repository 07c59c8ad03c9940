import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(2))) struct WebhookDeliveryTests {
    @Test("events of a paid invoice arrive signed, in order, each once")
    func signed() async throws {
        let receiver = WebhookReceiver()
        try await receiver.run { gateway in
            try await RunningSandbox.start(gateway: gateway) { sandbox in
                let stripe = StripeClient(sandbox: sandbox)
                let (customer, _) = try await stripe.customer(with: "pm_card_visa")
                let invoice = try await stripe.openInvoice(of: customer, 10_000)
                _ = try await stripe.post("invoices/\(invoice)/pay", key: "pay")
                let letters = await receiver.arrived(8)
                #expect(
                    letters.map(\.type) == [
                        "payment_method.attached", "customer.updated", "invoice.created", "invoice.finalized",
                        "payment_intent.succeeded", "invoice_payment.paid", "invoice.paid",
                        "invoice.payment_succeeded",
                    ]
                )
                for letter in letters {
                    let parts = letter.signature.split(separator: ",").map(String.init)
                    let time = try #require(Int64(parts[0].dropFirst(2)))
                    let expected = WebhookSignature.sign(
                        body: letter.body,
                        secret: RunningSandbox.webhookSecret,
                        time: time
                    )
                    #expect(parts[1] == "v1=\(expected)")
                }
                let id = try #require(letters[6].id)
                let event = try await stripe.get("events/\(id)")
                #expect(event.text("request.idempotency_key") == "pay")
                #expect(event.text("data.object.id") == invoice)
                while try await sandbox.send(.get, "/due/")["busy"] != .bool(false) { await Task.yield() }
                #expect(receiver.letters.count == 8)
            }
        }
    }

    @Test("a refused webhook comes again until it is taken, and the sandbox is busy meanwhile")
    func retries() async throws {
        let receiver = WebhookReceiver(refusals: [500, 503, 400])
        try await receiver.run { gateway in
            try await RunningSandbox.start(gateway: gateway) { sandbox in
                let stripe = StripeClient(sandbox: sandbox)
                let customer = try #require(try await stripe.post("customers", "name=A").text("id"))
                _ = try await stripe.post("customers/\(customer)", "name=B")
                #expect(try await sandbox.send(.get, "/due/")["busy"] == .bool(true))
                let letters = await receiver.arrived(4)
                #expect(Set(letters.map(\.id)).count == 1)
                #expect(letters.map(\.answered) == [500, 503, 400, 200])
                while try await sandbox.send(.get, "/due/")["busy"] != .bool(false) { await Task.yield() }
            }
        }
    }

    @Test("bad weather doubles and delays events by business time")
    func weather() async throws {
        let receiver = WebhookReceiver()
        try await receiver.run { gateway in
            try await RunningSandbox.start(gateway: gateway) { sandbox in
                let stripe = StripeClient(sandbox: sandbox)
                _ = try await sandbox.json(.post, "/clock/", #"{"freeze": "2026-09-17T08:00:00Z"}"#)
                let weather = #"{"seed": 1, "duplicates": 1, "disorder": 1}"#
                #expect(try await sandbox.json(.post, "/webhooks/weather/", weather).status == 200)
                let customer = try #require(try await stripe.post("customers", "name=A").text("id"))
                for name in ["B", "C", "D"] { _ = try await stripe.post("customers/\(customer)", "name=\(name)") }
                let due = try await sandbox.send(.get, "/due/")
                #expect(due["busy"] == .bool(false))
                #expect(try #require(due.text("next")) > "2026-09-17T08:00:00Z")
                #expect(receiver.letters.isEmpty)
                _ = try await sandbox.json(.post, "/clock/", #"{"advance_to": "2026-09-17T08:04:00Z"}"#)
                let letters = await receiver.arrived(6)
                #expect(letters.count == 6)
                #expect(Set(letters.map(\.id)).count == 3)
                #expect(try await sandbox.send(.get, "/due/")["next"] == .null)
            }
        }
    }
}
