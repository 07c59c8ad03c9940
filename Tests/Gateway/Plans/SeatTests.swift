import DomainModel
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Seats of a plan", .timeLimit(.minutes(2)))
struct SeatTests {
    @Test("a seat that is refused is counted as a gate's refusal is; one that staff are refused is not")
    func counted() async throws {
        try await TestGateway.with { gateway in
            let (one, staff) = (gateway.people.one, gateway.people.admin)
            let plan = try await gateway.send(.patch, "/api/v1/accounts/\(one.account)/", as: staff, ["plan": "free"])
            #expect(plan.status == 200, "\(plan.text)")
            for number in 0..<2 {
                let body: JSON = ["domain": .string("n\(number).example")]
                let refused = try await gateway.send(.post, "/api/v1/sites/", as: one.owner, body)
                #expect(refused.status == 403 && refused.json["feature"]?.string == "sites", "\(refused.text)")
            }
            let forClient: JSON = ["domain": "n3.example", "account_id": .number("\(one.account)")]
            #expect(try await gateway.send(.post, "/api/v1/sites/", as: staff, forClient).status == 403)
            await gateway.services.usage.flush()
            let hits: Int64 = try await gateway.value(
                """
                select coalesce(sum(hits), 0)::bigint from igny8_feature_usage_log
                where account_id = \(one.account.rawValue) and feature = 'sites' and required_level = '2'
                    and current_level = '1' and not is_allowed
                """
            )
            #expect(hits == 2)
        }
    }
}
