import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Lists", .timeLimit(.minutes(1))) struct ListingTests {
    private func addSites(_ count: Int, _ fixture: Fixture) async throws {
        try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
            for number in 1...count {
                _ = try await Sites.create(
                    account: fixture.one.account.id,
                    domain: try #require(Domain("site-\(number).example")),
                    name: "Site 100%_\(number)",
                    url: "https://site-\(number).example/",
                    in: tx
                )
            }
        }
    }

    private func list(_ request: ListRequest, _ fixture: Fixture) async throws -> ListPage<Stored<Site>> {
        try await fixture.store.list(Sites.listing, request, as: fixture.one.tenant, actor: "test")
    }

    @Test("a page tells how many rows there are in all, the newest first")
    func pages() async throws {
        try await Fixture.with { fixture in
            try await addSites(11, fixture)
            let first = try await list(ListRequest(pageSize: 5), fixture)
            #expect(first.count == 12)
            #expect(first.rows.map(\.domain.name) == (7...11).reversed().map { "site-\($0).example" })
            let last = try await list(ListRequest(page: 3, pageSize: 5), fixture)
            #expect(last.rows.map(\.domain.name) == ["site-1.example", "one.example"])
            let beyond = try await list(ListRequest(page: 9, pageSize: 5), fixture)
            #expect(beyond.count == 12 && beyond.rows.isEmpty)
        }
    }

    @Test("a cursor goes on where the page before ended, and every row comes once")
    func cursor() async throws {
        try await Fixture.with { fixture in
            try await addSites(11, fixture)
            var seen: [Site.ID] = []
            var cursor: String?
            while true {
                let page = try await list(ListRequest(ordering: "id", pageSize: 5, cursor: cursor), fixture)
                if page.rows.isEmpty { break }
                seen += page.rows.map(\.id)
                cursor = page.rows.last.map { $0.id.description }
            }
            #expect(seen.count == 12 && seen == seen.sorted())
        }
    }

    @Test(
        "filters, search and ordering",
        arguments: [
            (ListRequest(filters: [("domain", "site-2.example")]), ["site-2.example"]),
            (
                ListRequest(ordering: "domain", search: "site-1"),
                ["site-1.example", "site-10.example", "site-11.example"]
            ),
            (
                ListRequest(ordering: "-domain", search: "SITE-1"),
                ["site-11.example", "site-10.example", "site-1.example"]
            ),
            (ListRequest(search: "100%_3"), ["site-3.example"]),
            (ListRequest(search: "%"), (1...11).reversed().map { "site-\($0).example" }),
            (ListRequest(filters: [("domain", "' or true --")]), []),
        ]
    )
    func asking(request: ListRequest, domains: [String]) async throws {
        try await Fixture.with { fixture in
            try await addSites(11, fixture)
            #expect(try await list(request, fixture).rows.map(\.domain.name) == domains)
        }
    }

    @Test(
        "what a list does not offer is refused by name",
        arguments: [
            (
                ListRequest(filters: [("password_hash", "x")]),
                ListError.unknownFilter("password_hash", allowed: Sites.listing.filterNames)
            ),
            (ListRequest(filters: [("industry_id", "x")]), .badFilter("industry_id", expected: "an integer")),
            (
                ListRequest(ordering: "id; drop table x"),
                .unknownOrdering("id; drop table x", allowed: Sites.listing.orderingNames)
            ),
            (ListRequest(ordering: "name", cursor: "3"), .badCursor),
            (ListRequest(cursor: "x"), .badCursor),
        ]
    )
    func refused(request: ListRequest, error: ListError) {
        #expect(throws: error) { _ = try Sites.listing.statements(request, for: Fixture.system) }
    }

    @Test("every list runs, with every filter and every ordering it offers")
    func everyList() async throws {
        try await Fixture.with { fixture in
            func run<Row>(_ listing: Listing<Row>) async throws {
                for ordering in listing.orderingNames {
                    _ = try await fixture.store.list(
                        listing,
                        ListRequest(ordering: "-" + ordering, search: "x"),
                        as: fixture.one.tenant,
                        actor: "test"
                    )
                }
                for filter in listing.filterNames {
                    for value in ["1", "x", "true", "2026-09-17", "2026-09-17T08:00:00Z"] {
                        let request = ListRequest(filters: [(filter, value)])
                        guard let statements = try? listing.statements(request, for: fixture.one.tenant) else {
                            continue
                        }
                        _ = try await fixture.store.batch(as: fixture.one.tenant, actor: "test", statements)
                    }
                }
                let all = try await fixture.store.list(listing, ListRequest(), as: Fixture.system, actor: "test")
                #expect(all.count >= all.rows.count)
            }
            try await run(Accounts.listing)
            try await run(Users.listing)
            try await run(ApiKeys.listing)
            try await run(Sites.listing)
            try await run(Sectors.listing)
            try await run(ManagedSubscriptions.listing)
            try await run(TimeEntries.listing)
            try await run(DeliveryFlags.listing)
            try await run(Approvals.listing)
            try await run(Invoices.listing)
            try await run(Payments.listing)
            try await run(PaymentMethods.listing)
            try await run(AuditLog.listing)
            try await run(Emails.listing)
        }
    }

    @Test("a stranger's list is empty and counts nothing")
    func stranger() async throws {
        try await Fixture.with { fixture in
            let filter = ListRequest(filters: [("account_id", fixture.one.account.id.description)])
            let page = try await fixture.store.list(Sites.listing, filter, as: fixture.other.tenant, actor: "test")
            #expect(page.count == 0 && page.rows.isEmpty)
        }
    }
}
