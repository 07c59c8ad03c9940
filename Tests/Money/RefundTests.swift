import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

extension MoneyTests {
    @Suite("Giving back", .timeLimit(.minutes(5))) struct RefundTests {
        private func given(at kind: String, _ house: House) async throws -> Int {
            try await house.sandboxCount(
                kind == "paypal"
                    ? "select count(*) from sandbox.paypal_objects where kind = 'refund'"
                    : "select count(*) from sandbox.stripe_objects where kind = 'refund' and status = 'succeeded'"
            )
        }

        private func pay(_ minor: Int64, _ house: House) async throws -> Payment {
            let invoice = try await house.issue(minor)
            let owner = try await house.signIn(house.client.owner)
            _ = try await house.api(.post, "billing/invoices/\(invoice)/pay/", as: owner, .object([:]))
            try await house.until("the invoice is paid") { try await house.invoice(invoice).status == .paid }
            return try #require(try await house.payments(invoice).last)
        }

        private func statuses(_ house: House) async throws -> [String] {
            try await house.transaction { tx in
                try await tx.query("select status from igny8_refunds order by id").map { try $0.decode("status") }
            }
        }

        @Test(
            "a refund that took effect unheard is given once, and the rest can be given after it",
            arguments: [
                ("stripe", "pm_card_visa", "POST /v1/refunds"),
                ("paypal", "setup_good", "POST /v2/payments/captures/*/refund"),
            ]
        )
        func unheard(kind: String, token: String, call: String) async throws {
            try await House.open { house in
                try await house.working {
                    _ = try await house.addMethod(kind, token)
                    let payment = try await pay(39_900, house)
                    try await house.sandbox(
                        "faults/",
                        [
                            "provider": .string(kind), "match": .string(call), "kind": "reset_after_effect",
                            "count": 2,
                        ]
                    )
                    let staff = try await house.signIn(house.client.staff)
                    let path = "billing/payments/\(payment.id)/refund/"
                    let part: JSONValue = ["amount": "99.00", "reason": "one poster was torn"]
                    #expect(try await house.api(.post, path, as: staff, part).status == 202)
                    try await house.until("the refund is known") { try await statuses(house) == ["succeeded"] }
                    try await house.settle()
                    #expect(try await given(at: kind, house) == 1)
                    #expect(try await house.api(.post, path, as: staff, ["reason": "the rest"]).status == 202)
                    try await house.until("the rest is known") {
                        try await house.payments(payment.invoiceID).last?.status == .refunded
                    }
                    try await house.settle()
                    #expect(try await given(at: kind, house) == 2)
                    #expect(try await statuses(house) == ["succeeded", "succeeded"])
                    let over = try await house.api(.post, path, as: staff, ["amount": "0.01", "reason": "one cent"])
                    #expect(over.status == 409)
                    try await house.expectBalancedBooks()
                }
            }
        }

        @Test("a refund that the card's bank refuses frees its amount")
        func refused() async throws {
            try await House.open { house in
                try await house.working {
                    _ = try await house.addMethod("stripe", "pm_card_refundFail")
                    let payment = try await pay(10_000, house)
                    let staff = try await house.signIn(house.client.staff)
                    let path = "billing/payments/\(payment.id)/refund/"
                    #expect(try await house.api(.post, path, as: staff, ["reason": "late"]).status == 202)
                    try await house.until("the refund has failed") { try await statuses(house) == ["failed"] }
                    let after = try #require(try await house.payments(payment.invoiceID).last)
                    #expect(after.refunded.isZero && after.status == .succeeded)
                    try await house.expectBalancedBooks()
                }
            }
        }
    }
}
