import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(2))) struct FaultPlayTests {
    private func tell(_ sandbox: RunningSandbox, _ fault: String) async throws {
        #expect(try await sandbox.json(.post, "/faults/", fault).status == 201)
    }

    @Test("429 and 503 come before anything is done, so often as told, and leave the key free")
    func before() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            try await tell(
                sandbox,
                #"{"provider": "stripe", "match": "POST /v1/customers", "kind": "429", "count": 1, "retry_after": 7}"#
            )
            try await tell(
                sandbox,
                #"{"provider": "stripe", "match": "POST /v1/customers", "kind": "503", "count": 1}"#
            )
            let limited = try await stripe.post("customers", "name=A", key: "k")
            #expect(limited.status == 429)
            #expect(limited.response.header("Retry-After") == "7")
            #expect(try await stripe.post("customers", "name=A", key: "k").status == 503)
            #expect(try await stripe.post("customers", "name=A", key: "k").status == 200)
            let book = try await sandbox.send(.get, "/faults/")
            #expect(book.integer("0.hits") == 1)
            #expect(book.integer("0.remaining") == 0)
        }
    }

    @Test("a reset cuts the connection before anything is done")
    func reset() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            try await tell(sandbox, #"{"provider": "stripe", "match": "POST **", "kind": "reset", "count": 1}"#)
            let fresh = StripeClient(sandbox: sandbox.onFreshConnections())
            let error = await #expect(throws: WebError.self) {
                try await fresh.post("customers", "name=A", key: "k")
            }
            #expect(error?.isOutcomeUnknown == true)
            #expect(try await stripe.get("customers").count("data") == 0)
        }
    }

    @Test(
        "a time-out after the effect has the effect once: the same key tells what it was",
        arguments: ["timeout_after_effect", "reset_after_effect"]
    )
    func afterEffect(_ kind: String) async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let (customer, _) = try await stripe.customer(with: "pm_card_visa")
            let invoice = try await stripe.openInvoice(of: customer, 10_000)
            try await tell(
                sandbox,
                #"{"provider": "stripe", "match": "POST /v1/invoices/*/pay", "kind": "\#(kind)", "count": 1}"#
            )
            let fresh = StripeClient(sandbox: sandbox.onFreshConnections())
            let error = await #expect(throws: WebError.self) {
                try await fresh.post("invoices/\(invoice)/pay", key: "pay", timeout: .milliseconds(500))
            }
            #expect(error?.isOutcomeUnknown == true)
            #expect(try await stripe.get("invoices/\(invoice)").text("status") == "paid")
            let replay = try await stripe.post("invoices/\(invoice)/pay", key: "pay")
            #expect(replay.status == 200)
            #expect(replay.response.header("Idempotent-Replayed") == "true")
            #expect(try await stripe.get("charges?customer=\(customer)").count("data") == 1)
        }
    }

    @Test("latency is only late, and a fault that is taken back strikes no more")
    func latency() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            try await tell(sandbox, #"{"provider": "stripe", "kind": "latency", "milliseconds": 80}"#)
            let start = ContinuousClock.now
            #expect(try await stripe.get("customers").status == 200)
            #expect(.now - start >= .milliseconds(80))
            #expect(try await sandbox.send(.delete, "/faults/").integer("deleted") == 1)
            #expect(try await sandbox.send(.get, "/faults/").count("") == 0)
        }
    }

    @Test("an order that makes no sense is refused with a sentence")
    func nonsense() async throws {
        try await RunningSandbox.start { sandbox in
            #expect(try await sandbox.json(.post, "/faults/", #"{"provider": "stripe", "kind": "moo"}"#).status == 400)
            let reply = try await sandbox.json(
                .post,
                "/faults/",
                #"{"provider": "stripe", "kind": "reset", "probability": 2}"#
            )
            #expect(reply.text("error") == "probability: expected a number from 0 to 1.")
        }
    }
}
