import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

extension MoneyTests {
    @Suite("Paying", .timeLimit(.minutes(5))) struct PayTests {
        /// How often money was taken at a provider.
        private func charges(at kind: String, _ house: House) async throws -> Int {
            if kind == "paypal" {
                return try await house.sandboxCount(
                    "select count(*) from sandbox.paypal_objects where kind = 'capture' and status = 'COMPLETED'"
                )
            }
            return try await house.sandboxCount(
                "select count(*) from sandbox.stripe_objects where kind = 'charge' and status = 'succeeded'"
            )
        }

        @Test(
            "50 parallel pay calls on one invoice: one charge at the sandbox",
            arguments: [("stripe", "pm_card_visa"), ("paypal", "setup_good")]
        )
        func fiftyAtOnce(kind: String, token: String) async throws {
            try await House.open { house in
                try await house.working {
                    _ = try await house.addMethod(kind, token)
                    let invoice = try await house.issue(39_900)
                    let owner = try await house.signIn(house.client.owner)
                    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                        for _ in 0..<50 {
                            group.addTask {
                                try await house.api(
                                    .post,
                                    "billing/invoices/\(invoice)/pay/",
                                    as: owner,
                                    .object([:])
                                ).status
                            }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    // Who asks when the invoice is paid already is told so.
                    #expect(statuses.allSatisfy { $0 == 202 || $0 == 409 } && statuses.contains(202))
                    try await house.until("the invoice is paid") {
                        try await house.invoice(invoice).status == .paid
                    }
                    try await house.settle()
                    #expect(try await charges(at: kind, house) == 1)
                    #expect(try await house.payments(invoice).map(\.status) == [.succeeded])
                    let again = try await house.api(
                        .post,
                        "billing/invoices/\(invoice)/pay/",
                        as: owner,
                        .object([:])
                    )
                    #expect(again.status == 409)
                    let list = try await house.api(.get, "billing/payments/?invoice_id=\(invoice)", as: owner)
                    #expect(list.count("results") == 1 && list.string("results.0.amount") == "399.00")
                    try await house.expectBalancedBooks()
                }
            }
        }

        @Test("a declined charge is looked at when its event comes, and nothing stands still")
        func declined() async throws {
            try await House.open { house in
                try await house.working {
                    _ = try await house.addMethod("stripe", "pm_card_chargeCustomerFail")
                    let invoice = try await house.issue(39_900)
                    let owner = try await house.signIn(house.client.owner)
                    _ = try await house.api(.post, "billing/invoices/\(invoice)/pay/", as: owner, .object([:]))
                    try await house.until("Stripe's word of it is dealt with") {
                        try await house.count(
                            """
                            select count(*) from igny8_webhook_events
                            where event_type = 'invoice.payment_failed' and processed_at is not null
                            """
                        ) > 0
                    }
                    try await house.settle()
                    #expect(try await house.payments(invoice).map(\.status) == [.failed])
                    #expect(try await charges(at: "stripe", house) == 0)
                    try await house.expectBalancedBooks()
                }
            }
        }

        @Test(
            "key expired before the retry: a charge that took effect unheard is found by asking, at the sandbox",
            arguments: [
                ("stripe", "pm_card_visa", "POST /v1/invoices/*/pay", "2026-09-18T09:00:00Z"),
                ("paypal", "setup_good", "POST /v2/checkout/orders", "2026-09-17T15:00:00Z"),
            ]
        )
        func keyExpired(kind: String, token: String, call: String, later: String) async throws {
            try await House.open { house in
                try await house.working { _ = try await house.addMethod(kind, token) }
                let invoice = try await house.issue(39_900)
                let owner = try await house.signIn(house.client.owner)
                // The charge takes effect and its answer is held back; meanwhile the worker dies.
                try await house.sandbox(
                    "faults/",
                    [
                        "provider": .string(kind), "match": .string(call), "kind": "timeout_after_effect",
                        "milliseconds": 60_000,
                    ]
                )
                try await house.working {
                    _ = try await house.api(.post, "billing/invoices/\(invoice)/pay/", as: owner, .object([:]))
                    try await house.until("the money is taken") { try await charges(at: kind, house) == 1 }
                }
                #expect(try await house.payments(invoice).map(\.status) == [.processing])
                _ = try await house.send(.delete, "\(house.sandboxURL)/faults/")
                try await house.advance(to: later)
                let sent = try await requests(to: kind, house)
                try await house.working {
                    try await house.until("the invoice is paid") {
                        try await house.invoice(invoice).status == .paid
                    }
                    try await house.settle()
                }
                #expect(try await charges(at: kind, house) == 1)
                #expect(try await requests(to: kind, house) == sent)
                #expect(try await house.payments(invoice).map(\.status) == [.succeeded])
                try await house.expectBalancedBooks()
            }
        }

        /// How many requests with a key the provider has executed.
        private func requests(to kind: String, _ house: House) async throws -> Int {
            try await house.sandboxCount(
                kind == "paypal"
                    ? "select count(*) from sandbox.paypal_requests" : "select count(*) from sandbox.stripe_idempotency"
            )
        }

        @Test("without a method that can be charged 402 says so; a bank invoice can be paid by a chosen card")
        func methods() async throws {
            try await House.open { house in
                try await house.working {
                    let invoice = try await house.issue(5_000, collection: .manual)
                    let owner = try await house.signIn(house.client.owner)
                    let path = "billing/invoices/\(invoice)/pay/"
                    #expect(try await house.api(.post, path, as: owner, .object([:])).status == 402)
                    let bank: JSONValue = ["kind": "bank"]
                    #expect(try await house.api(.post, "billing/payment-methods/", as: owner, bank).status == 202)
                    #expect(try await house.api(.post, path, as: owner, .object([:])).status == 402)
                    let card = try await house.addMethod("stripe", "pm_card_visa")
                    let chosen: JSONValue = ["payment_method_id": .integer(card)]
                    let paid = try await house.api(.post, path, as: owner, chosen)
                    #expect(paid.status == 202)
                    try await house.until("the invoice is paid") { try await house.invoice(invoice).status == .paid }
                    try await house.settle()
                    try await house.expectBalancedBooks()
                }
            }
        }
    }
}
