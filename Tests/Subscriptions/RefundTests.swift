import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite struct RefundTests {
    private func paid(_ agency: Agency) async throws -> (TestClient, Payment) {
        let client = try await agency.client("banner")
        try await agency.live(until: "2026-09-17T12:00:00Z")
        let invoice = try #require(try await agency.invoices(client).first)
        return (client, try #require(try await agency.payments(invoice).first))
    }

    @Test("parts are given back once each, and the payment is refunded when nothing is left")
    func parts() async throws {
        try await Agency.open { agency in
            let (client, payment) = try await paid(agency)
            let first = try await agency.askRefund(of: payment, 8_620)
            try await agency.settle()
            #expect(try await agency.refund(first.id).status == .succeeded)
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(try await agency.payments(invoice).first?.status == .succeeded)
            let second = try await agency.askRefund(of: payment, 10_000)
            try await agency.settle()
            #expect(try await agency.refund(second.id).status == .succeeded)
            let after = try #require(try await agency.payments(invoice).first)
            #expect(after.status == .refunded && after.refunded == payment.amount)
            let told = try await agency.stripe.refunds(of: "ch_IG-2026-000001", attempt: nil)
            #expect(told.map(\.amount.minor) == [8_620, 10_000])
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("more than was captured and not given back yet is refused by the database")
    func bounded() async throws {
        try await Agency.open { agency in
            let (_, payment) = try await paid(agency)
            _ = try await agency.askRefund(of: payment, 18_000)
            await #expect(throws: RefundExceedsPayment.self) { _ = try await agency.askRefund(of: payment, 621) }
            _ = try await agency.askRefund(of: payment, 620)
            try await agency.settle()
            try await agency.expectBalancedBooks()
        }
    }

    @Test("a refund whose answer was lost is sent again under its key, and given once")
    func lostAnswer() async throws {
        try await Agency.open { agency in
            let (_, payment) = try await paid(agency)
            agency.stripe.fail(.lostAnswer)
            let refund = try await agency.askRefund(of: payment, 8_620)
            try await agency.settle()
            #expect(try await agency.refund(refund.id).status == .succeeded)
            #expect(agency.stripe.keys.suffix(2) == ["refund:\(refund.number)", "refund:\(refund.number)"])
            #expect(try await agency.stripe.refunds(of: "ch_IG-2026-000001", attempt: nil).count == 1)
            try await agency.expectBalancedBooks()
        }
    }

    @Test("a refund whose key has expired is asked for by its number before anything is sent")
    func keyExpired() async throws {
        try await Agency.open { agency in
            let (_, payment) = try await paid(agency)
            agency.stripe.fail(.lostAnswer)
            let refund = try await agency.transaction { tx in
                let refund = try await Refunds.create(
                    of: payment,
                    amount: Money(minor: 8_620, currency: .usd),
                    reason: "asked for",
                    on: try #require(CalendarDay("2026-09-17")),
                    in: tx
                )
                try await tx.query(
                    "update igny8_refunds set sent_at = now() - interval '25 hours' where id = \(refund.id.rawValue)"
                )
                return refund.value
            }
            // It had reached Stripe, and nobody heard.
            _ = try? await agency.stripe.refund(
                RefundOrder(
                    number: refund.number,
                    idempotencyKey: AttemptKey.refunding(refund),
                    charge: "ch_IG-2026-000001",
                    amount: refund.amount,
                    reason: refund.reason
                )
            )
            agency.stripe.forgetKeys()
            let sent = agency.stripe.keys
            try await agency.enqueue(SubscriptionsJobs.refundPayment(refund.id.rawValue, account: payment.accountID))
            try await agency.settle()
            #expect(agency.stripe.keys == sent)
            #expect(try await agency.refund(refund.id).status == .succeeded)
            #expect(try await agency.stripe.refunds(of: "ch_IG-2026-000001", attempt: nil).count == 1)
            try await agency.expectBalancedBooks()
        }
    }
}
