import DomainModel
import Foundation
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

/// What tests of orders do over and over.
struct OrderDesk: Sendable {
    let gateway: TestGateway

    static let orders = "/api/v1/services/backlink-orders/"
    static let approvals = "/api/v1/services/approvals/"

    var one: Client { gateway.people.one }
    var manager: Person { gateway.people.manager }

    /// A publisher of strength 60, whose link costs so much.
    func publisher(_ name: String = "news", cost: String = "200") async throws -> Int64 {
        try await gateway.value(
            """
            insert into igny8_publishers (domain, marketplace, dr, price, turnaround_days)
            values (\(name + ".example"), 'fatgrid', 60, \(cost)::text::numeric, 10) returning id
            """
        )
    }

    /// A draft of so many links at a price; what it is expected to cost is said too.
    func draft(_ price: String = "1000.00", cost: String = "400.00", links: Int = 2) async throws -> Int64 {
        let made = try await gateway.send(
            .post,
            Self.orders,
            as: manager,
            [
                "site_id": .number(one.site.description), "links": .number(String(links)), "price": .string(price),
                "expected_cost": .string(cost),
            ]
        )
        #expect(made.status == 201, "\(made.text)")
        return try #require(made.json["id"]?.integer)
    }

    func submit(_ order: Int64, _ body: JSON = .emptyObject) async throws -> TestAnswer {
        try await gateway.send(.post, "\(Self.orders)\(order)/submit/", as: manager, body)
    }

    /// The approval that an order waits for.
    func open(_ order: Int64) async throws -> Int64 {
        try await gateway.value(
            "select id from igny8_approvals where subject_kind = 'backlink_order' and subject_id = \(order) and status = 'pending'"
        )
    }

    /// A link as a mail has it, to the client's owner.
    func link(to approval: Int64, of person: Person? = nil) async throws -> String {
        let token = TokenHash.newToken(prefix: "ap_")
        try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
            let approval = try #require(try await Approvals.find(.init(approval), for: TestGateway.system, in: tx))
            try await Approvals.addLinks([((person ?? one.owner).user, token)], to: approval.value, in: tx)
        }
        return token
    }

    func click(
        _ approval: Int64,
        _ token: String,
        _ path: String = "approve/",
        comment: String? = nil
    ) async throws
        -> TestAnswer
    {
        var body: [String: JSON] = ["token": .string(token)]
        if let comment { body["comment"] = .string(comment) }
        return try await gateway.send(.post, "\(Self.approvals)\(approval)/\(path)", as: nil, .object(body))
    }

    func order(_ id: Int64, as person: Person? = nil) async throws -> JSON {
        try await gateway.send(.get, "\(Self.orders)\(id)/", as: person ?? manager).json
    }

    /// How many invoices and jobs that place there are.
    func effects() async throws -> [Int64] {
        [
            try await gateway.value(
                "select count(*) from igny8_invoices where kind = 'backlinks' and status <> 'draft'"
            ),
            try await gateway.value("select count(*) from igny8_jobs where task = 'place_order'"),
        ]
    }

    /// What the client's service allows without asking, and in a month.
    func agree(autoApproveUnder: String, budget: String) async throws {
        _ = try await gateway.store.batch(
            as: TestGateway.system,
            actor: "test",
            [
                """
                update igny8_managed_service_subscriptions set status = 'active', started_at = igny8_now(),
                    service_config = jsonb_set(jsonb_set(service_config, '{backlinks,auto_approve_under}',
                        to_jsonb(\(autoApproveUnder)::text)), '{backlinks,monthly_budget}', to_jsonb(\(budget)::text))
                where id = \(one.subscription.rawValue)
                """
            ]
        )
    }
}
