import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite struct WebhookTests {
    /// Stores an event as the gateway does, and asks for its effect.
    private func receive(
        _ type: String,
        _ object: JSONValue,
        id: String = UUID().uuidString,
        _ agency: Agency
    ) async throws {
        let payload: JSONValue = ["id": .string("evt_\(id)"), "type": .string(type), "data": ["object": object]]
        let bytes = try Array(JSONEncoder().encode(payload))
        try await agency.transaction { tx in
            let event = try await WebhookEvents.store(
                provider: .stripe,
                eventID: "evt_\(id)",
                type: type,
                objectID: nil,
                payload: bytes,
                occurredAt: nil,
                in: tx
            )
            try await agency.producer.enqueue(
                NewJob(
                    queue: "subscriptions",
                    task: ProcessWebhook.name,
                    account: nil,
                    payload: SubscriptionsJobs.WebhookEvent(webhookEventID: event.id)
                ),
                in: tx
            )
        }
    }

    private func outcomes(_ agency: Agency) async throws -> [String] {
        try await agency.transaction { tx in
            try await tx.query("select outcome from igny8_webhook_events order by id")
                .map { row in try row.decode("outcome", as: String?.self) ?? "waiting" }
        }
    }

    @Test("the slow bank's money is booked when the webhook tells, once, in whatever order and number they come")
    func slowBank() async throws {
        try await Agency.open { agency in
            agency.stripe.fail(.slowBank)
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T10:10:00Z")
            var invoice = try #require(try await agency.invoices(client).first)
            #expect(invoice.status == .pending)
            try await receive("invoice.paid", ["id": "in_IG-2026-000001"], agency)
            try await agency.settle()
            #expect(try await agency.invoices(client).first?.status == .pending)
            agency.stripe.arrive("IG-2026-000001")
            for _ in 0..<3 {
                try await receive("invoice.paid", ["id": "in_IG-2026-000001"], agency)
                try await receive("invoice_payment.paid", ["id": "inpay_1", "invoice": "in_IG-2026-000001"], agency)
                try await receive("invoice.payment_failed", ["id": "in_IG-2026-000001"], agency)
            }
            try await agency.live(until: "2026-09-18T12:00:00Z")
            invoice = try #require(try await agency.invoices(client).first)
            #expect(invoice.status == .paid)
            #expect(try await agency.payments(invoice).map(\.status) == [.succeeded])
            #expect(agency.postman.count("Receipt") == 1)
            #expect(try await !outcomes(agency).contains("waiting"))
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a refund that the bank sends back is taken back in the books, once, when its event tells")
    func refundFailed() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let charge = "ch_IG-2026-000001"
            func told(_ status: RefundStatus) -> ProviderRefund {
                ProviderRefund(
                    reference: "re_1",
                    amount: Money(minor: 8_620, currency: .usd),
                    reason: "requested_by_customer",
                    status: status
                )
            }
            agency.stripe.refund(charge, told(.succeeded))
            try await receive("charge.refunded", ["id": .string(charge)], agency)
            try await agency.settle()
            agency.stripe.refund(charge, told(.failed))
            for _ in 0..<2 {
                try await receive("refund.failed", ["id": "re_1", "charge": .string(charge)], agency)
            }
            try await agency.settle()
            #expect(try await agency.count("select count(*) from igny8_refunds where status = 'failed'") == 1)
            let reversals = try await agency.count("select count(*) from igny8_ledger_entries where kind = 'reversal'")
            #expect(reversals == 1)
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(try await agency.payments(invoice).first?.refunded.isZero == true)
            try await agency.expectBalancedBooks()
        }
    }

    @Test("a refund is booked once, in parts and in whole, and turns the payment when nothing is left")
    func refunds() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let charge = "ch_IG-2026-000001"
            func refund(_ reference: String, _ minor: Int64) -> ProviderRefund {
                ProviderRefund(
                    reference: reference,
                    amount: Money(minor: minor, currency: .usd),
                    reason: "requested_by_customer",
                    status: .succeeded
                )
            }
            agency.stripe.refund(charge, refund("re_1", 8_620))
            try await receive("charge.refunded", ["id": .string(charge)], agency)
            try await receive("charge.refunded", ["id": .string(charge)], agency)
            try await agency.settle()
            let invoice = try #require(try await agency.invoices(client).first)
            #expect(try await agency.payments(invoice).map(\.status) == [.succeeded])
            agency.stripe.refund(charge, refund("re_2", 10_000))
            try await receive("charge.refunded", ["id": .string(charge)], agency)
            try await receive("charge.refunded", ["id": .string(charge)], agency)
            try await agency.settle()
            #expect(try await agency.payments(invoice).map(\.status) == [.refunded])
            #expect(try await agency.count("select count(*) from igny8_refunds") == 2)
            let booked = try await agency.count(
                "select count(*) from igny8_ledger_entries where kind = 'refund'"
            )
            #expect(booked == 2)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    private func told(_ status: DisputeStatus) -> ProviderDispute {
        ProviderDispute(
            reference: "dp_1",
            charge: "ch_IG-2026-000001",
            paymentIntent: nil,
            amount: Money(minor: 18_620, currency: .usd),
            reason: "fraudulent",
            status: status
        )
    }

    /// A member of staff who is told of disputes.
    private func hireStaff(_ agency: Agency) async throws {
        try await agency.transaction { tx in
            let house = try await Accounts.create(
                name: "Alorig",
                plan: .scale,
                timeZoneName: "UTC",
                currency: .usd,
                billingEmail: try #require(EmailAddress("house@alorig.example")),
                in: tx
            )
            _ = try await Users.create(
                account: house.id,
                email: try #require(EmailAddress("admin@alorig.example")),
                name: "Eve",
                passwordHash: try PasswordHash.make("secret", cost: .cheap),
                role: .owner,
                staffRole: .admin,
                in: tx
            )
        }
    }

    private func balances(_ agency: Agency) async throws -> [LedgerAccount: Int64] {
        let balances = try await agency.transaction { tx in try await Ledger.balances(for: Agency.system, in: tx) }
        return Dictionary(uniqueKeysWithValues: balances.map { ($0.account, $0.amount.minor) })
    }

    private let dispute: JSONValue = ["id": "dp_1"]

    @Test("a dispute takes the money, raises a flag that staff are mailed of, and a win brings it back, in any order")
    func disputeWon() async throws {
        try await Agency.open { agency in
            try await hireStaff(agency)
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            let before = try await balances(agency)
            agency.stripe.set(told(.opened))
            for type in ["created", "funds_withdrawn", "updated", "created"] {
                try await receive("charge.dispute.\(type)", dispute, agency)
            }
            try await agency.settle()
            #expect(try await agency.openFlags(client) == [.paymentDisputed])
            #expect(agency.postman.count("banner disputes 186.20 USD of invoice IG-2026-000001") == 1)
            let during = try await balances(agency)
            #expect(during[.disputes] == 18_620)
            #expect(during[.cashStripe] == (before[.cashStripe] ?? 0) - 18_620)
            agency.stripe.set(told(.won))
            for type in ["closed", "funds_reinstated", "created", "closed"] {
                try await receive("charge.dispute.\(type)", dispute, agency)
            }
            try await agency.settle()
            #expect(try await agency.openFlags(client).isEmpty)
            let after = try await balances(agency)
            #expect(after[.disputes] ?? 0 == 0 && after[.cashStripe] == before[.cashStripe])
            #expect(try await agency.count("select count(*) from igny8_ledger_entries where kind like 'dispute%'") == 2)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("a dispute that is lost is bad debt, though the loss be told first")
    func disputeLost() async throws {
        try await Agency.open { agency in
            let client = try await agency.client("banner")
            try await agency.live(until: "2026-09-17T12:00:00Z")
            agency.stripe.set(told(.lost))
            try await receive("charge.dispute.closed", dispute, agency)
            try await receive("charge.dispute.created", dispute, agency)
            try await agency.settle()
            let after = try await balances(agency)
            #expect(after[.disputes] ?? 0 == 0 && after[.badDebt] == 18_620)
            #expect(try await agency.openFlags(client).isEmpty)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test("events about nothing of ours are ignored")
    func strangers() async throws {
        try await Agency.open { agency in
            try await receive("invoice.paid", ["id": "in_unknown"], agency)
            try await receive("customer.tax_id.created", ["id": "txi_1"], agency)
            try await receive("charge.refunded", ["id": "ch_unknown"], agency)
            try await receive("charge.refunded", "no object", agency)
            try await receive("payment_method.detached", ["id": "pm_unknown"], agency)
            try await agency.settle()
            #expect(try await outcomes(agency) == Array(repeating: "ignored", count: 5))
        }
    }
}
