import Postgres
import TestSupport
import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(2))) struct IdempotencyTests {
    @Test("the same key gives the same answer and one effect; other parameters are refused")
    func replay() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let first = try await stripe.post("customers", "name=A&metadata[a]=1", key: "k1")
            let again = try await stripe.post("customers", "metadata[a]=1&name=A", key: "k1")
            #expect(again.response.body == first.response.body)
            #expect(again.response.header("Idempotent-Replayed") == "true")
            #expect(again.response.header("Original-Request") == first.response.header("Request-Id"))
            #expect(first.response.header("Idempotent-Replayed") == nil)
            let other = try await stripe.post("customers", "name=B", key: "k1")
            #expect(other.status == 400)
            #expect(other.text("error.type") == "idempotency_error")
            let elsewhere = try await stripe.post("setup_intents", "", key: "k1")
            #expect(elsewhere.text("error.type") == "idempotency_error")
            #expect(try await stripe.get("customers").count("data") == 1)
        }
    }

    @Test("a declined charge is replayed, not tried again")
    func declined() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let (customer, _) = try await stripe.customer(with: "pm_card_chargeDeclinedInsufficientFunds")
            let invoice = try await stripe.openInvoice(of: customer, 10_000)
            let first = try await stripe.post("invoices/\(invoice)/pay", "off_session=true", key: "pay")
            let again = try await stripe.post("invoices/\(invoice)/pay", "off_session=true", key: "pay")
            #expect(again.status == 402)
            #expect(again.response.body == first.response.body)
            #expect(try await stripe.get("charges?customer=\(customer)").count("data") == 1)
        }
    }

    @Test("a request that is not valid is not kept, so the key may be used for the right one")
    func invalid() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let invalid = try await stripe.post("customers", "nam=A", key: "k")
            #expect(invalid.status == 400)
            #expect(try await stripe.post("customers", "name=A", key: "k").status == 200)
        }
    }

    @Test("a 500 is replayed as long as the key lives, and a day later the key is free")
    func serverError() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            _ = try await sandbox.json(.post, "/clock/", #"{"freeze": "2026-09-17T08:00:00Z"}"#)
            _ = try await sandbox.json(.post, "/faults/", #"{"provider": "stripe", "kind": "500", "count": 1}"#)
            #expect(try await stripe.post("customers", "name=A", key: "k").status == 500)
            #expect(try await stripe.post("customers", "name=A", key: "k").status == 500)
            #expect(try await stripe.get("customers").count("data") == 0)
            _ = try await sandbox.json(.post, "/clock/", #"{"advance_to": "2026-09-18T07:59:59Z"}"#)
            #expect(try await stripe.post("customers", "name=A", key: "k").status == 500)
            _ = try await sandbox.json(.post, "/clock/", #"{"advance_to": "2026-09-18T08:00:00Z"}"#)
            #expect(try await stripe.post("customers", "name=A", key: "k").status == 200)
            #expect(try await stripe.get("customers").count("data") == 1)
        }
    }

    @Test("of many at once one takes effect; the others are told, or see its answer")
    func concurrent() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let (customer, _) = try await stripe.customer(with: "pm_card_visa")
            let invoice = try await stripe.openInvoice(of: customer, 10_000)
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<12 {
                    group.addTask { try await stripe.post("invoices/\(invoice)/pay", key: "same") }
                }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 200 || $0.text("error.code") == "idempotency_key_in_use" })
            #expect(replies.contains { $0.status == 200 })
            #expect(Set(replies.filter { $0.status == 200 }.map(\.response.body)).count == 1)
            #expect(try await stripe.get("charges?customer=\(customer)").count("data") == 1)
        }
    }

    @Test("a key that is held by another request is in use")
    func held() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let reply = try await sandbox.test.owner.transaction { tx in
                try await tx.query("select pg_advisory_xact_lock(hashtextextended('stripe ' || 'held', 0))")
                return try await stripe.post("customers", "name=A", key: "held")
            }
            #expect(reply.status == 409)
            #expect(reply.text("error.code") == "idempotency_key_in_use")
            #expect(try await stripe.post("customers", "name=A", key: "held").status == 200)
        }
    }

    @Test("different keys on one invoice still charge it once")
    func oneCharge() async throws {
        try await RunningSandbox.start { sandbox in
            let stripe = StripeClient(sandbox: sandbox)
            let (customer, _) = try await stripe.customer(with: "pm_card_visa")
            let invoice = try await stripe.openInvoice(of: customer, 10_000)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<6 {
                    group.addTask { try await stripe.post("invoices/\(invoice)/pay", key: "k\(number)").status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(try await stripe.get("charges?customer=\(customer)").count("data") == 1)
        }
    }
}
