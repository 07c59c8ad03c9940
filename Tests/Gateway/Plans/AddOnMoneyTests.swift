import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Add-ons, credit and debts", .timeLimit(.minutes(2)))
struct AddOnMoneyTests {
    private static let root = "/api/v1/billing/add-ons/"

    @Test("a purchase is paid out of the customer's credit first, and nothing of it is left to charge")
    func credit() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            // As a credit note would: the books owe it too.
            _ = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await tx.query(
                    """
                    insert into igny8_customer_credits (account_id, currency, balance)
                    values (\(one.account.rawValue), 'USD', 5000)
                    """
                )
            }
            let bought = try await gateway.send(
                .post,
                Self.root + "credits/",
                as: one.owner,
                ["package": "credits_1000"]
            )
            #expect(bought.status == 201, "\(bought.text)")
            let rows = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    "select status from igny8_invoices where kind = 'credits'",
                    "select count(*) from igny8_jobs where task in ('collect_payment', 'follow_up_invoice')",
                    "select count(*) from igny8_payments where kind = 'wallet' and status = 'completed'",
                    "select count(*) from igny8_credit_transactions where kind = 'purchase' and amount = 1000",
                ]
            )
            #expect(try rows[0].map { try $0.decode(0, as: String.self) } == ["paid"])
            #expect(try rows[1][0].decode(0, as: Int.self) == 0)
            #expect(try rows[2][0].decode(0, as: Int.self) == 1)
            #expect(try rows[3][0].decode(0, as: Int.self) == 1)
        }
    }

    @Test("bought credits go back with their money, in proportion, never below zero; what was used is noted")
    func takenBack() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let bought = try await gateway.send(
                .post,
                Self.root + "credits/",
                as: one.owner,
                ["package": "credits_1000"]
            )
            let id = Invoice.ID(try #require(bought.json["invoice_id"]?.integer))
            let system = TestGateway.system
            func give(back minor: Int64) async throws -> [Int] {
                try await gateway.store.transaction(as: system, actor: "test") { tx in
                    let payment = try #require(try await Payments.all(of: id, for: system, in: tx).first)
                    var refund = try await Refunds.create(
                        of: payment.value,
                        amount: Money(minor: minor, currency: .usd),
                        reason: "asked for",
                        on: CalendarDay(of: try await BusinessClock.now(in: tx), in: .gmt),
                        in: tx
                    )
                    refund.value.status = .succeeded
                    try await Refunds.save(&refund, in: tx)
                    let row = try await tx.query(
                        """
                        select credits_taken, credits_short, (select credits from igny8_accounts account
                            where account.id = refund.account_id) as credits
                        from igny8_refunds refund where id = \(refund.id.rawValue)
                        """
                    )[0]
                    return try (0..<3).map { try row.decode($0, as: Int.self) }
                }
            }
            let price = try await gateway.store.transaction(as: system, actor: "test") { tx in
                var invoice = try #require(try await Invoices.find(id, for: system, lock: .forUpdate, in: tx))
                let number = try #require(invoice.number)
                let now = try await BusinessClock.now(in: tx)
                let today = CalendarDay(of: now, in: .gmt)
                let (due, by) = (invoice.value.due, PaymentMethodKind.bank)
                try await Invoices.receive(
                    due,
                    on: &invoice,
                    number,
                    by: by,
                    reference: "b1",
                    at: now,
                    on: today,
                    in: tx
                )
                return due.minor
            }
            #expect(
                try await give(back: price / 4) == [250, 0, 750]
            )
            _ = try await gateway.store.transaction(as: system, actor: "test") { tx in
                try await CreditService.change(
                    by: -700,
                    kind: .deduction,
                    of: one.account,
                    description: "used",
                    reference: "used",
                    in: tx
                )
            }
            let last = try await give(back: price - price / 4)
            #expect(last[2] == 0 && last[1] == 700, "\(last)")
            let left: Int64 = try await gateway.value(
                "select sum(amount)::bigint from igny8_credit_transactions where account_id = \(one.account.rawValue)"
            )
            #expect(left == 0)
        }
    }

    @Test("who is past due buys nothing that a vendor is paid for, unless staff let it go on; credits are sold")
    func pastDue() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let account = try #require(try await Accounts.find(one.account, for: TestGateway.system, in: tx))
                var invoice = try await OneTimeInvoice.issue(
                    .other,
                    .other,
                    "owed",
                    total: Money(minor: 100, currency: .usd),
                    to: account.value,
                    in: tx
                )
                invoice.value.attemptFailed(at: try await BusinessClock.now(in: tx), next: nil)
                try await Invoices.save(&invoice, in: tx)
            }
            let site = JSON.number("\(one.site)")
            let urls: JSON = ["site_id": site, "urls": ["https://a.example/"]]
            let links: JSON = ["site_id": site, "package": "starter"]
            #expect(try await gateway.send(.post, Self.root + "indexing-boost/", as: one.owner, urls).status == 402)
            #expect(try await gateway.send(.post, Self.root + "backlink-package/", as: one.owner, links).status == 402)
            let credits = try await gateway.send(
                .post,
                Self.root + "credits/",
                as: one.owner,
                ["package": "credits_1000"]
            )
            #expect(credits.status == 201, "\(credits.text)")
            let override = "/api/v1/accounts/\(one.account)/spend-guard/override/"
            let reason: JSON = ["reason": "paid by phone, the bank confirms"]
            #expect(try await gateway.send(.post, override, as: gateway.people.admin, reason).status == 200)
            let sold = try await gateway.send(.post, Self.root + "indexing-boost/", as: one.owner, urls)
            #expect(sold.status == 201, "\(sold.text)")
        }
    }
}
