import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Refunds above the limit", .timeLimit(.minutes(2)))
struct RefundApprovalTests {
    /// The fixture's payment, come in and larger than one person may give back.
    private func settle(_ gateway: TestGateway) async throws -> String {
        let id = gateway.people.one.payment
        _ = try await gateway.store.batch(
            as: TestGateway.system,
            actor: "test",
            [
                """
                update igny8_payments set status = 'succeeded', provider_charge = 'ch_1', settled_at = igny8_now(),
                    amount = 900 where id = \(id)
                """
            ]
        )
        return "/api/v1/billing/payments/\(id)/refund/"
    }

    private func jobs(_ gateway: TestGateway) async throws -> Int64 {
        try await gateway.value("select count(*) from igny8_jobs where task = 'refund_payment'")
    }

    @Test("one person gives back up to the limit, in one or in many; beyond it a second one has to agree")
    func secondPerson() async throws {
        try await TestGateway.with { gateway in
            let (first, second) = (gateway.people.manager, gateway.people.admin)
            let path = try await settle(gateway)
            let small = try await gateway.send(.post, path, as: first, ["amount": "500.00", "reason": "late"])
            #expect(small.status == 202 && small.json["awaits_approval"] == .bool(false), "\(small.text)")
            let large = try await gateway.send(.post, path, as: first, ["amount": "0.01", "reason": "once more"])
            #expect(large.status == 202 && large.json["awaits_approval"] == .bool(true), "\(large.text)")
            #expect(large.json["job"] == nil)
            #expect(try await jobs(gateway) == 1)
            let id = try #require(large.json["refund_id"]?.integer)
            let approve = "/api/v1/billing/refunds/\(id)/approve/"
            #expect(try await gateway.send(.post, approve, as: first).status == 403)
            #expect(try await gateway.send(.post, approve, as: gateway.people.one.owner).status == 403)
            let waiting = try await gateway.send(.get, "/api/v1/billing/refunds/?awaits_approval=true", as: second)
            #expect(waiting.json["results"]?.array?.map { $0["id"]?.integer } == [id])
            let agreed = try await gateway.send(.post, approve, as: second)
            #expect(agreed.status == 202 && agreed.json["job"]?["task"]?.string == "refund_payment", "\(agreed.text)")
            #expect(try await gateway.send(.post, approve, as: second).status == 409)
            #expect(try await jobs(gateway) == 2)
            let audited: Int64 = try await gateway.value(
                """
                select count(*) from igny8_audit_events
                where action = 'refund_approved' and actor = \("user:\(second.user)")
                """
            )
            #expect(audited == 1)
        }
    }

    @Test("a refund that is refused frees its amount, and is never given")
    func rejected() async throws {
        try await TestGateway.with { gateway in
            let path = try await settle(gateway)
            let asked = try await gateway.send(.post, path, as: gateway.people.manager, ["reason": "all of it"])
            let id = try #require(asked.json["refund_id"]?.integer)
            let full = try await gateway.send(
                .post,
                path,
                as: gateway.people.manager,
                ["amount": "1.00", "reason": "x"]
            )
            #expect(full.status == 409)
            let reject = "/api/v1/billing/refunds/\(id)/reject/"
            #expect(try await gateway.send(.post, reject, as: gateway.people.manager).status == 403)
            let refused = try await gateway.send(.post, reject, as: gateway.people.admin)
            #expect(refused.status == 200 && refused.json["status"]?.string == "cancelled", "\(refused.text)")
            #expect(try await jobs(gateway) == 0)
            let again = try await gateway.send(
                .post,
                path,
                as: gateway.people.manager,
                ["amount": "1.00", "reason": "x"]
            )
            #expect(again.status == 202)
        }
    }

    @Test("credit notes and customers' credit are listed: all for staff, their own for members")
    func lists() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            _ = try await gateway.store.batch(
                as: TestGateway.system,
                actor: "test",
                [
                    """
                    insert into igny8_customer_credits (account_id, currency, balance)
                    values (\(one.account.rawValue), 'USD', 12.5), (\(gateway.people.other.account.rawValue), 'USD', 7)
                    """
                ]
            )
            let path = "/api/v1/billing/customer-credits/"
            let own = try await gateway.send(.get, path, as: one.owner)
            #expect(own.json["results"]?.array?.map { $0["balance"]?.string } == ["12.50"], "\(own.text)")
            #expect(try await gateway.send(.get, path, as: gateway.people.admin).json["count"]?.integer == 2)
            let notes = try await gateway.send(.get, "/api/v1/billing/credit-notes/", as: one.owner)
            #expect(notes.status == 200, "\(notes.text)")
        }
    }
}
