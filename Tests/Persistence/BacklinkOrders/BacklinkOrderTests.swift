import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Orders of links and their counters", .timeLimit(.minutes(3))) struct BacklinkOrderTests {
    private static func order(
        _ client: Fixture.Client,
        _ price: OrderPrice = OrderPrice(.package, clientPrice: Money(minor: 100_00, currency: .usd)),
        links: Int = 3,
        in tx: PostgresTransaction
    ) async throws -> Stored<BacklinkOrder> {
        try await BacklinkServiceOrders.create(
            BacklinkServiceOrders.New(account: client.account.id, site: client.site.id, price: price, links: links),
            in: tx
        )
    }

    private static func links(
        _ count: Int,
        of order: Stored<BacklinkOrder>,
        cost: Int64 = 33_33,
        in tx: PostgresTransaction
    ) async throws -> [Stored<Backlink>] {
        try await Backlinks.create(
            (0..<count).map { number in
                var new = Backlinks.New(
                    account: order.accountID,
                    site: order.siteID,
                    order: order.id,
                    targetURL: "https://one.example/page-\(number)",
                    cost: Money(minor: cost, currency: .usd)
                )
                new.tier = "basic_guest_post"
                new.anchorText = "anchor"
                return new
            },
            in: tx
        )
    }

    @Test("whatever is done to links, by whomever and in whatever order, counters and money are what a count gives")
    func counters() async throws {
        try await Fixture.with { fixture in
            let (client, store) = (fixture.one, fixture.store)
            let (orders, links) = try await store.transaction(as: client.tenant, actor: "test") { tx in
                let factor = try #require(Ratio("1.2"))
                let passThrough = OrderPrice(.passThrough, clientPrice: .zero(.usd), costFactor: factor)
                let orders = [try await Self.order(client, in: tx), try await Self.order(client, passThrough, in: tx)]
                var links: [Stored<Backlink>] = []
                for order in orders { links += try await Self.links(6, of: order, in: tx) }
                return (orders, links)
            }
            // Four at once, each on links of its own, so that their statements meet on the two orders.
            try await withThrowingTaskGroup { group in
                for walker in 0..<4 {
                    group.addTask {
                        var dice = Dice(seed: UInt64(walker))
                        var mine = links.enumerated().filter { $0.offset % 4 == walker }.map(\.element)
                        for step in 0..<15 {
                            let index = Int(dice.next() % UInt64(mine.count))
                            var link = mine[index]
                            try Self.change(&link, by: &dice, step: step, orders: orders.map(\.id))
                            let changed = link
                            mine[index] = try await store.transaction(as: client.tenant, actor: "test") { tx in
                                var link = changed
                                try await Backlinks.save(&link, in: tx)
                                return link
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await store.transaction(as: client.tenant, actor: "test") { tx in
                #expect(try await Backlinks.miscounted(for: client.tenant, in: tx) == [])
                for order in orders {
                    let order = try #require(
                        try await BacklinkServiceOrders.find(order.id, for: client.tenant, in: tx)
                    )
                    let price = try order.price.margin(atCost: order.figures.cost)
                    #expect(order.figures.charged == price.charged && order.figures.margin == price.left)
                    #expect(order.figures.ordered > 0)
                }
            }
            // One statement over links of both orders, and a row that goes.
            try await fixture.test.superuser { superuser in
                try await superuser.query("update igny8_sag_backlinks set cost = cost + 1")
                try await superuser.query("delete from igny8_sag_backlinks where id = \(links[0].id.rawValue)")
            }
            let miscounted = try await store.read(as: client.tenant, actor: "test") { tx in
                try await Backlinks.miscounted(for: client.tenant, in: tx)
            }
            #expect(miscounted == [])
        }
    }

    private static func change(
        _ link: inout Stored<Backlink>,
        by dice: inout Dice,
        step: Int,
        orders: [BacklinkOrder.ID]
    ) throws {
        let moment = Date(timeIntervalSince1970: 1_790_000_000 + Double(step) * 90_000)
        switch dice.next() % 8 {
        case 0: link.orderID = orders[Int(dice.next() % 2)]
        case 1: link.cost = Money(minor: Int64(dice.next() % 100_00), currency: .usd)
        case 2: link.standing.indexedAt = link.standing.indexedAt == nil ? moment : nil
        default:
            switch link.status {
            case .planned: try link.value.order(at: moment)
            case .ordered:
                let source = try #require(LinkSource(url: "https://page-\(link.id).example/"))
                try link.value.deliver(on: source, at: moment, in: .gmt)
            case .pending where dice.next() % 4 == 0: try link.value.reject(at: moment)
            case .pending: _ = try link.value.take(LinkFinding(.live), at: moment)
            case .live: _ = try link.value.take(LinkFinding(.gone), at: moment)
            case .lost: _ = try link.value.take(LinkFinding(.live), at: moment)
            case .rejected: break
            }
        }
    }

    @Test("what is charged is rounded by the database as the domain rounds it, in any currency")
    func rounding() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                var dice = Dice(seed: 7)
                for currency in [Currency.usd, .jpy, .bhd] {
                    for _ in 0..<40 {
                        let price = Money(minor: Int64(dice.next() % 100_000), currency: currency)
                        let surcharge = try #require(Ratio(unscaled: Int64(100 + dice.next() % 200), scale: 2))
                        let order = try await Self.order(
                            fixture.one,
                            OrderPrice(.package, clientPrice: price, surcharge: surcharge),
                            in: tx
                        )
                        #expect(try order.figures.charged == price.scaled(by: surcharge))
                    }
                }
            }
        }
    }

    @Test(
        "no service writes a counter, a charge or a margin",
        arguments: ["links_live = 3", "charged_total = 1", "actual_cost = 0", "links_ordered = 1"]
    )
    func notTypedIn(change: String) async throws {
        try await Fixture.with { fixture in
            let error = await failure {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    _ = try await tx.query(SQL(unsafeRaw: "update igny8_backlink_service_orders set \(change)"))
                }
            }
            #expect(state(of: error) == .insufficientPrivilege)
        }
    }

    @Test("an order, a link and a campaign are read as they were saved, and saved by one who read the newest")
    func roundTrips() async throws {
        try await Fixture.with { fixture in
            let tenant = fixture.one.tenant
            try await fixture.store.transaction(as: tenant, actor: "test") { tx in
                let now = Date(timeIntervalSince1970: 1_790_000_000)
                var order = try await Self.order(fixture.one, in: tx)
                var stale = order
                order.notes = "urgent"
                try order.value.approve(by: fixture.one.owner.id, at: now, floor: .zero)
                try await BacklinkServiceOrders.save(&order, in: tx)
                #expect(try await BacklinkServiceOrders.find(order.id, for: tenant, in: tx) == order)
                await #expect(throws: StaleRevision.self) { try await BacklinkServiceOrders.save(&stale, in: tx) }

                var link = try #require(try await Self.links(1, of: order, in: tx).first)
                try link.value.order(at: now, reference: "FG-1", due: CalendarDay(year: 2026, month: 12, day: 1))
                let source = try #require(LinkSource(url: "https://blog.example/post"))
                try link.value.deliver(on: source, at: now, in: .gmt, guaranteedFor: 12)
                _ = try link.value.take(LinkFinding(.nofollow, httpStatus: 200, rel: ["nofollow", "ugc"]), at: now)
                link.standing.indexedAt = now
                link.standing.ahrefsVerified = true
                link.standing.ahrefsLastSeen = now
                link.standing.indexingSubmitted = true
                try await Backlinks.save(&link, in: tx)
                #expect(try await Backlinks.find(link.id, for: tenant, lock: .forUpdate, in: tx) == link)
                #expect(try await Backlinks.all(of: [order.id], for: tenant, in: tx) == [link])
                #expect(try await Backlinks.all(of: order.siteID, in: [.live], for: tenant, in: tx) == [link])
                let due = try await Backlinks.unchecked(since: now + 1, limit: 9, for: tenant, in: tx)
                #expect(due.map(\.id) == [link.id])
                #expect(try await Backlinks.unchecked(since: now, limit: 9, for: tenant, in: tx).isEmpty)

                var plan = CampaignPlan()
                plan.drRanges = [CampaignPlan.StrengthRange(from: 30, to: 50, links: 4)]
                plan.anchorMix = ["exact": 10, "branded": 90]
                var campaign = try await Campaigns.create(
                    account: order.accountID,
                    site: order.siteID,
                    name: "Autumn",
                    country: "GB",
                    plan: plan,
                    in: tx
                )
                try campaign.value.apply(.start)
                try await Campaigns.save(&campaign, in: tx)
                #expect(try await Campaigns.all(of: [order.siteID], for: tenant, in: tx) == [campaign])
                link.campaignID = campaign.id
                try await Backlinks.save(&link, in: tx)
                var metrics = CampaignSnapshots.Metrics()
                metrics.domainRating = Ratio("41.5")
                let day = try #require(CalendarDay(year: 2026, month: 11, day: 26))
                for _ in 0..<2 {
                    try await CampaignSnapshots.take(metrics, of: order.siteID, on: day, for: tenant, in: tx)
                }
                let snapshot = try await tx.query(
                    "select links_live, spend::text as spend from igny8_campaign_kpi_snapshots"
                )
                #expect(snapshot.count == 1)
                #expect(try snapshot.first?.decode("links_live") == 1)
                #expect(try snapshot.first?.decode("spend") == "33.330")
            }
        }
    }

    @Test("the evidence of a look is kept as it was, and never changed")
    func evidence() async throws {
        try await Fixture.with { fixture in
            let tenant = fixture.one.tenant
            try await fixture.store.transaction(as: tenant, actor: "test") { tx in
                let order = try await Self.order(fixture.one, in: tx)
                let links = try await Self.links(2, of: order, in: tx)
                var check = BacklinkCheck(.fetch, .nofollow, requestedURL: "https://blog.example/post")
                check.finalURL = "https://blog.example/post/"
                check.httpStatus = 200
                check.redirects = [BacklinkCheck.Redirect(status: 301, url: "https://blog.example/post/")]
                check.headers = ["content-type": "text/html"]
                check.pageHash = [UInt8](repeating: 7, count: 32)
                check.snippet = "<a href=\"https://one.example/\">one</a>"
                check.rel = ["nofollow"]
                check.isNoindex = false
                for _ in 0..<3 { try await BacklinkChecks.record([.init(check, of: links[0].value, job: 9)], in: tx) }
                try await BacklinkChecks.record([.init(check, of: links[1].value, job: nil)], in: tx)
                let latest = try await BacklinkChecks.latest(2, of: links.map(\.id), for: tenant, in: tx)
                #expect(latest.map(\.backlinkID) == [links[0].id, links[0].id, links[1].id])
                #expect(latest.allSatisfy { $0.check == check })
            }
            let error = await failure {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    _ = try await tx.query("delete from igny8_backlink_checks")
                }
            }
            #expect(state(of: error) == .insufficientPrivilege)
        }
    }

    @Test("no link hangs on another's order, campaign or site, nor on an order in another currency")
    func foreignRows() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let order = try await store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                try await Self.order(fixture.one, in: tx)
            }
            let other = fixture.other
            func new(order: BacklinkOrder.ID?, site: Site.ID, currency: Currency = .usd) -> Backlinks.New {
                Backlinks.New(
                    account: other.account.id,
                    site: site,
                    order: order,
                    targetURL: "https://other.example/",
                    cost: .zero(currency)
                )
            }
            for refused in [new(order: order.id, site: other.site.id), new(order: nil, site: fixture.one.site.id)] {
                let error = await failure {
                    try await store.transaction(as: other.tenant, actor: "test") { tx in
                        _ = try await Backlinks.create([refused], in: tx)
                    }
                }
                #expect(state(of: error) == .foreignKeyViolation)
            }
            let error = await failure {
                try await store.transaction(as: other.tenant, actor: "test") { tx in
                    let own = try await Self.order(other, in: tx)
                    _ = try await Backlinks.create([new(order: own.id, site: other.site.id, currency: .eur)], in: tx)
                }
            }
            #expect(state(of: error) == .foreignKeyViolation)
            try await store.transaction(as: other.tenant, actor: "test") { tx in
                let forgetful = Tenant.system(reason: "forgotten")
                let found = try await BacklinkServiceOrders.find(order.id, for: forgetful, in: tx)
                #expect(found == nil)
                var held = order
                await #expect(throws: StaleRevision.self) { try await BacklinkServiceOrders.save(&held, in: tx) }
            }
        }
    }

    @Test("a listing of a marketplace is known by its domain")
    func publishers() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let domain = try #require(Domain("news.example"))
                var listing = PublisherListing(
                    domain: domain,
                    marketplace: .fatgrid,
                    country: "GB",
                    dr: 44,
                    traffic: 12_000,
                    price: Money(minor: 75_00, currency: .usd)
                )
                #expect(try await Publishers.upsert([listing], in: tx) == (new: 1, known: 0))
                listing.dr = 45
                listing.turnaroundDays = 7
                #expect(try await Publishers.upsert([listing], in: tx) == (new: 0, known: 1))
                let id = try await tx.query("select id from igny8_publishers").first?.decode("id", as: Int64.self)
                let stored = try await Publishers.find(all: [Publisher.ID(try #require(id))], in: tx)
                #expect(stored.map(\.listing) == [listing])
                let terms = try await BacklinkTerms.current(in: tx)
                #expect(terms.passThroughFactor == OrderPrice.costPlusTwentyPercent)
                #expect(try await BacklinkTerms.niche("crypto_casino", in: tx)?.most == Ratio("3"))
            }
        }
    }
}

/// A small generator whose numbers are the same each time.
private struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
