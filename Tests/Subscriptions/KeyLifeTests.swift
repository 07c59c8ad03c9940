import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

@Suite("The life of a gateway's key") struct KeyLifeTests {
    /// An attempt whose answer was lost so long ago that the gateway has forgotten its key; whether its money moved is
    /// the gateway's knowledge alone.
    private func lostAttempt(
        at kind: PaymentMethodKind,
        hoursAgo: Int,
        moneyMoved: Bool,
        _ agency: Agency
    ) async throws -> (TestClient, FakeStripe, Invoice) {
        let gateway = kind == .stripe ? agency.stripe : agency.paypal
        let client = try await agency.client("banner", card: nil)
        try await agency.addMethod(kind, of: client)
        gateway.set("pm_card_\(client.account)", .declines("insufficient_funds"))
        try await agency.live(until: "2026-09-17T12:00:00Z")
        let invoice = try #require(try await agency.invoices(client).first)
        #expect(invoice.status == .pending)
        gateway.set("pm_card_\(client.account)", .pays)
        if moneyMoved { gateway.take("IG-2026-000001", Money(minor: 18_620, currency: .usd)) }
        gateway.forgetKeys()
        _ = try await agency.transaction { tx in
            try await tx.query(
                """
                update igny8_payments set status = 'processing', settled_at = null, decline_code = null,
                    decline_message = null, sent_at = now() - \(hoursAgo) * interval '1 hour'
                where invoice_id = \(invoice.id.rawValue)
                """
            )
        }
        return (client, gateway, invoice)
    }

    @Test(
        "key expired before the retry: nothing is sent again before asking, and money that moved is found",
        arguments: [PaymentMethodKind.stripe, .paypal]
    )
    func moneyMoved(kind: PaymentMethodKind) async throws {
        try await Agency.open { agency in
            let hours = kind == .stripe ? 25 : 7
            let (client, gateway, invoice) = try await lostAttempt(
                at: kind,
                hoursAgo: hours,
                moneyMoved: true,
                agency
            )
            let (sent, asked) = (gateway.calls, gateway.lookUps)
            try await agency.enqueue(.collect(invoice.id, of: client.account, because: "retry"))
            try await agency.settle()
            #expect(gateway.calls == sent)
            #expect(gateway.lookUps > asked)
            #expect(gateway.debits == ["IG-2026-000001": 1])
            #expect(try await agency.invoices(client).first?.status == .paid)
            #expect(try await agency.payments(invoice).map(\.status) == [.succeeded])
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test(
        "key expired before the retry: when no money moved, the attempt is given up and a new key is used",
        arguments: [PaymentMethodKind.stripe, .paypal]
    )
    func noMoneyMoved(kind: PaymentMethodKind) async throws {
        try await Agency.open { agency in
            let hours = kind == .stripe ? 25 : 7
            let (client, gateway, invoice) = try await lostAttempt(
                at: kind,
                hoursAgo: hours,
                moneyMoved: false,
                agency
            )
            let asked = gateway.lookUps
            try await agency.enqueue(.collect(invoice.id, of: client.account, because: "retry"))
            try await agency.settle()
            #expect(gateway.lookUps == asked + 1)
            #expect(gateway.debits == ["IG-2026-000001": 1])
            #expect(gateway.keys.last == "inv:IG-2026-000001:pay:2")
            #expect(gateway.keys.filter { $0 == "inv:IG-2026-000001:pay:1" }.count == 1)
            #expect(try await agency.payments(invoice).map(\.status) == [.cancelled, .succeeded])
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }

    @Test(
        "within its life the key is sent again",
        arguments: [(PaymentMethodKind.stripe, 22), (.paypal, 5)]
    )
    func alive(kind: PaymentMethodKind, hours: Int) async throws {
        try await Agency.open { agency in
            let (client, gateway, invoice) = try await lostAttempt(
                at: kind,
                hoursAgo: hours,
                moneyMoved: false,
                agency
            )
            try await agency.enqueue(.collect(invoice.id, of: client.account, because: "retry"))
            try await agency.settle()
            #expect(gateway.keys.last == "inv:IG-2026-000001:pay:1")
            #expect(try await agency.payments(invoice).map(\.status) == [.succeeded])
        }
    }

    @Test("business time counts as well: a simulation's gateway forgets by it")
    func businessTime() async throws {
        try await Agency.open { agency in
            let (client, gateway, invoice) = try await lostAttempt(
                at: .paypal,
                hoursAgo: 0,
                moneyMoved: true,
                agency
            )
            let sent = gateway.calls
            try await agency.live(until: "2026-09-17T20:00:00Z")
            try await agency.enqueue(.collect(invoice.id, of: client.account, because: "retry"))
            try await agency.settle()
            #expect(gateway.calls == sent)
            #expect(gateway.debits == ["IG-2026-000001": 1])
        }
    }

    @Test("a credit leaves alone what an attempt under way may bring in: it pays, once, and the credit is the client's")
    func credited() async throws {
        try await Agency.open { agency in
            let (client, gateway, invoice) = try await lostAttempt(
                at: .stripe,
                hoursAgo: 25,
                moneyMoved: true,
                agency
            )
            try await agency.credit(invoice, Money(minor: 10_000, currency: .usd))
            try await agency.enqueue(.collect(invoice.id, of: client.account, because: "retry"))
            try await agency.settle()
            #expect(gateway.debits == ["IG-2026-000001": 1])
            let payment = try #require(try await agency.payments(invoice).first)
            #expect(payment.status == .succeeded && payment.excess.isZero)
            #expect(try await agency.invoices(client).first?.status == .paid)
            let credit = try await agency.count(
                "select (-sum(amount) * 100)::bigint from igny8_ledger_lines where ledger_account = 'customer_credit'"
            )
            #expect(credit == 10_000)
            try await agency.expectBalancedBooks()
            try await agency.expectNoDeadJobs()
        }
    }
}
