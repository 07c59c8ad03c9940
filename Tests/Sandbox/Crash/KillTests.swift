import Postgres
import TestSupport
import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(3))) struct KillTests {
    @Test("killed between the charge and its answer, it tells the same answer to the same key, and charged once")
    func killedAfterCharge() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let process = try SandboxProcess(on: test)
            try await process.start()
            let stripe = StripeClient(sandbox: process.sandbox)
            let (customer, _) = try await stripe.customer(with: "pm_card_visa")
            let invoice = try await stripe.openInvoice(of: customer, 10_000)
            _ = try await process.sandbox.json(
                .post,
                "/faults/",
                #"{"provider": "stripe", "match": "POST /v1/invoices/*/pay", "kind": "timeout_after_effect", "count": 1}"#
            )
            let unanswered = Task {
                let fresh = StripeClient(sandbox: process.sandbox.onFreshConnections())
                return try await fresh.post("invoices/\(invoice)/pay", key: "pay", timeout: .seconds(60))
            }
            while try await stripe.get("invoices/\(invoice)").text("status") != "paid" { await Task.yield() }
            process.kill()
            await #expect(throws: WebError.self) { try await unanswered.value }
            try await process.start()
            let replay = try await stripe.post("invoices/\(invoice)/pay", key: "pay")
            #expect(replay.status == 200)
            #expect(replay.response.header("Idempotent-Replayed") == "true")
            #expect(try await stripe.get("charges?customer=\(customer)").count("data") == 1)
            let book = try await process.sandbox.send(.get, "/faults/")
            #expect(book.integer("0.remaining") == 0)
        }
    }

    @Test("killed at random moments, every invoice is charged once and told of once")
    func randomKills() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let process = try SandboxProcess(on: test)
            try await process.start()
            let stripe = StripeClient(sandbox: process.sandbox)
            let (customer, _) = try await stripe.customer(with: "pm_card_visa")
            var invoices: [String] = []
            for _ in 0..<12 { invoices.append(try await stripe.openInvoice(of: customer, 10_000)) }
            var unpaid = Set(invoices)
            for round in 0..<40 where !unpaid.isEmpty {
                let paying = unpaid
                let payments = Task {
                    await withTaskGroup(of: String?.self) { group in
                        for invoice in paying {
                            group.addTask {
                                let reply = try? await stripe.post("invoices/\(invoice)/pay", key: "pay-\(invoice)")
                                return reply?.status == 200 ? invoice : nil
                            }
                        }
                        return await group.reduce(into: Set<String>()) { if let paid = $1 { $0.insert(paid) } }
                    }
                }
                // The first rounds are cut off after 0 to 55 ms, in which a few of twelve payments get through.
                if round < 12 {
                    try await Task.sleep(for: .milliseconds(5 * round))
                    process.kill()
                }
                unpaid.subtract(await payments.value)
                if round < 12 { try await process.start() }
            }
            #expect(unpaid.isEmpty)
            let charges = try await test.owner.query(
                "select count(*) as count from sandbox.stripe_objects where kind = 'charge'"
            )
            #expect(try charges[0].decode("count") == 12)
            let events = try await test.owner.query(
                "select count(*) as count from sandbox.stripe_events where type = 'invoice.paid'"
            )
            #expect(try events[0].decode("count") == 12)
        }
    }
}
