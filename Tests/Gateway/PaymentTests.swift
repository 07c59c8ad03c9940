import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Payments, refunds and the spend guard", .timeLimit(.minutes(2)))
struct PaymentTests {
    /// Turns the fixture's payment into one that came in.
    private func settlePayment(_ gateway: TestGateway) async throws -> String {
        let id = gateway.people.one.payment
        _ = try await gateway.store.batch(
            as: TestGateway.system,
            actor: "test",
            [
                """
                update igny8_payments set status = 'succeeded', provider_charge = 'ch_1', settled_at = igny8_now()
                where id = \(id)
                """
            ]
        )
        return "/api/v1/billing/payments/\(id)/refund/"
    }

    @Test("a refund is stored with its amount reserved, and ordered of the worker; the next may take only what is left")
    func refund() async throws {
        try await TestGateway.with { gateway in
            let staff = gateway.people.admin
            let path = try await settlePayment(gateway)
            let first = try await gateway.send(.post, path, as: staff, ["amount": "99.00", "reason": "late"])
            #expect(first.status == 202)
            #expect(first.json["number"]?.string?.hasPrefix("IG-R-") == true)
            #expect(first.json["job"]?["task"]?.string == "refund_payment")
            let more = try await gateway.send(.post, path, as: staff, ["amount": "300.01", "reason": "late"])
            #expect(more.status == 409)
            #expect(more.json["type"]?.string == "urn:igny8:problem:refund-exceeds-payment")
            let rest = try await gateway.send(.post, path, as: staff, ["reason": "the rest"])
            #expect(rest.status == 202)
            let nothing = try await gateway.send(.post, path, as: staff, ["reason": "once more"])
            #expect(nothing.status == 409)
            let shown = try await gateway.send(
                .get,
                "/api/v1/billing/payments/\(gateway.people.one.payment)/",
                as: gateway.people.one.owner
            )
            #expect(shown.json["refunded"]?.string == "399.00")
            #expect(shown.json["refunds"]?.array?.filter { $0["status"]?.string == "pending" }.count == 2)
        }
    }

    @Test("50 parallel refunds of all that is left: one is stored")
    func parallelRefunds() async throws {
        try await TestGateway.with { gateway in
            let path = try await settlePayment(gateway)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await gateway.send(.post, path, as: gateway.people.admin, ["reason": "late"]).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [202: 1, 409: 49])
            #expect(
                try await gateway.value("select count(*) from igny8_refunds where status = 'pending'", as: Int64.self)
                    == 1
            )
        }
    }

    @Test("what did not come in, or is disputed, is not given back")
    func notRefundable() async throws {
        try await TestGateway.with { gateway in
            let (staff, id) = (gateway.people.admin, gateway.people.one.payment)
            let pending = try await gateway.send(
                .post,
                "/api/v1/billing/payments/\(id)/refund/",
                as: staff,
                ["reason": "late"]
            )
            #expect(pending.status == 409)
            let path = try await settlePayment(gateway)
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    """
                    insert into igny8_disputes (account_id, payment_id, provider, provider_reference, amount, currency)
                    select account_id, id, 'stripe', 'dp_1', amount, currency from igny8_payments where id = \(id)
                    """
                ]
            )
            let disputed = try await gateway.send(.post, path, as: staff, ["reason": "late"])
            #expect(disputed.json["type"]?.string == "urn:igny8:problem:disputed")
        }
    }

    @Test("the guard closes when an invoice is past due, opens by an override with a reason, which is audited")
    func spendGuard() async throws {
        try await TestGateway.with { gateway in
            let (staff, account) = (gateway.people.admin, gateway.people.one.account)
            let path = "/api/v1/accounts/\(account)/spend-guard/"
            #expect(try await gateway.send(.get, path, as: staff).json["state"]?.string == "open")
            _ = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let draft = try Invoice(
                    accountID: account,
                    kind: .other,
                    currency: .usd,
                    lines: [
                        InvoiceLine(
                            kind: .other,
                            description: "x",
                            unitPrice: Money(minor: 12_300, currency: .usd)
                        )
                    ],
                    seller: .agency,
                    buyer: .agency
                )
                let now = try await BusinessClock.now(in: tx)
                var invoice = try await Invoices.create(draft, in: tx)
                try await Invoices.issue(&invoice, at: now, on: CalendarDay(of: now, in: .gmt), in: tx)
                invoice.value.attemptFailed(at: now, next: nil)
                try await Invoices.save(&invoice, in: tx)
            }
            let closed = try await gateway.send(.get, path, as: staff)
            #expect(closed.json["state"]?.string == "closed")
            #expect(closed.json["past_due"]?.array?.first?["amount"]?.string == "123.00")
            let refusal = await #expect(throws: SpendStopped.self) {
                try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                    try await SpendGuards.read(account, in: tx).allow(Money(minor: 100, currency: .usd))
                }
            }
            #expect(refusal?.atRisk == [Money(minor: 12_400, currency: .usd)])
            let override = path + "override/"
            let short = try await gateway.send(.post, override, as: staff, ["reason": "please"])
            #expect(short.status == 422)
            let opened = try await gateway.send(
                .post,
                override,
                as: staff,
                ["reason": "paid by phone, the bank confirms", "hours": 2]
            )
            #expect(opened.json["state"]?.string == "overridden")
            let audited: Int64 = try await gateway.value(
                """
                select count(*) from igny8_audit_events
                where action = 'spend_allowed' and reason = 'paid by phone, the bank confirms'
                """
            )
            #expect(audited == 1)
            let client = try await gateway.send(.get, path, as: gateway.people.one.owner)
            #expect(client.status == 403)
        }
    }
}
