import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Gateway

@Suite("Orders of links, publishers and campaigns", .timeLimit(.minutes(2)))
struct BacklinkListTests {
    @Test("a client sees its orders and links, but not what they cost us; staff see that too")
    func costs() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let order = "/api/v1/services/backlink-orders/\(one.backlinkOrder)/"
            for (person, seesCost) in [(gateway.people.admin, true), (one.owner, false)] {
                let detail = try await gateway.send(.get, order, as: person)
                #expect(detail.status == 200 && detail.json["client_price"]?.string == "500.00")
                #expect(detail.json["charged_total"]?.string == "500.00")
                #expect((detail.json["margin"]?.string == "500.00") == seesCost)
                #expect((detail.json["notes"]?.string != nil) == seesCost)
                let links = try await gateway.send(.get, order + "links/", as: person)
                let link = try #require(links.json["results"]?.array?.first)
                #expect(link["price"]?.string == "250.00" && link["status"]?.string == "planned")
                #expect((link["cost"]?.string == "80.00") == seesCost)
                let kpis = try await gateway.send(.get, "/api/v1/services/campaigns/\(one.campaign)/kpis/", as: person)
                let kpi = try #require(kpis.json["results"]?.array?.first)
                #expect(kpi["dr"]?.string == "41.5" && (kpi["spend"]?.string == "80.00") == seesCost)
            }
        }
    }

    @Test("publishers are found by country, strength, budget and name; for staff alone")
    func publishers() async throws {
        try await TestGateway.with { gateway in
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let listings = try (1...9).map { number in
                    PublisherListing(
                        domain: try #require(Domain("news-\(number).example")),
                        marketplace: .fatgrid,
                        country: number % 2 == 0 ? "GB" : "US",
                        dr: number * 10,
                        price: Money(minor: Int64(number) * 50_00, currency: .usd)
                    )
                }
                _ = try await Publishers.upsert(listings, in: tx)
            }
            func found(_ query: String) async throws -> [String] {
                let path = "/api/v1/services/publishers/?ordering=dr&\(query)"
                let page = try await gateway.send(.get, path, as: gateway.people.manager)
                return (page.json["results"]?.array ?? []).compactMap { $0["domain"]?.string }
            }
            #expect(try await found("").count == 9)
            #expect(try await found("country=GB&min_dr=30&max_dr=70") == ["news-4.example", "news-6.example"])
            #expect(try await found("max_price=100") == ["news-1.example", "news-2.example"])
            #expect(try await found("search=news-7") == ["news-7.example"])
            let refused = try await gateway.send(
                .get,
                "/api/v1/services/publishers/?min_dr=x",
                as: gateway.people.manager
            )
            #expect(refused.status == 400)
            let client = try await gateway.send(.get, "/api/v1/services/publishers/", as: gateway.people.one.owner)
            #expect(client.status == 403)
        }
    }
}
