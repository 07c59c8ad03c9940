import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("From a placed order to a completed one", .timeLimit(.minutes(3))) struct OrderDeskTests {
    private static let start = "2026-09-17T08:00:00Z"

    /// A placed order of three links at 80.00, approved; its links are planned.
    private static func place(
        _ fixture: Fixture,
        _ price: OrderPrice = OrderPrice(.package, clientPrice: Money(minor: 900_00, currency: .usd)),
        tier: String? = "basic_guest_post",
        publisher: Publisher.ID? = nil
    ) async throws -> (order: BacklinkOrder.ID, links: [Backlink.ID]) {
        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
            try await BusinessClock.freeze(at: Date(start, strategy: .iso8601), in: tx)
            let client = fixture.one
            var new = BacklinkServiceOrders.New(
                account: client.account.id,
                site: client.site.id,
                price: price,
                links: 3
            )
            new.subscription = client.subscription.id
            var order = try await BacklinkServiceOrders.create(new, in: tx)
            let now = try await BusinessClock.now(in: tx)
            try order.value.approve(by: nil, at: now, floor: .zero)
            try await BacklinkServiceOrders.save(&order, in: tx)
            let links = try await Backlinks.create(
                (0..<3).map { number in
                    var link = Backlinks.New(
                        account: client.account.id,
                        site: client.site.id,
                        order: order.id,
                        targetURL: "https://one.example/page-\(number)",
                        cost: Money(minor: 80_00, currency: .usd)
                    )
                    link.tier = tier
                    link.publisher = publisher
                    return link
                },
                in: tx
            )
            return (order.id, links.map(\.id))
        }
    }

    /// One transaction at the desk, as a route or a task has it.
    @discardableResult
    private static func at(
        _ order: BacklinkOrder.ID,
        _ fixture: Fixture,
        _ work: @Sendable (inout OrderDesk) async throws -> Void
    ) async throws -> Aftermath {
        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
            var desk = try #require(try await OrderDesk.open(order, for: Fixture.system, in: tx))
            try await work(&desk)
            let aftermath = try await desk.close()
            try await AuditLog.record(aftermath.events, in: tx)
            return aftermath
        }
    }

    private static func see(_ link: Backlink.ID, _ verdict: LinkVerdict, _ fixture: Fixture) async throws -> Backlink {
        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
            var row = try #require(try await Backlinks.find(link, for: Fixture.system, lock: .forUpdate, in: tx))
            let now = try await BusinessClock.now(in: tx)
            let change = try row.value.take(LinkFinding(verdict, httpStatus: 200), at: now)
            try await Backlinks.save(&row, in: tx)
            let page = row.source?.url ?? ""
            var check = BacklinkCheck(.fetch, verdict, requestedURL: page)
            check.pageHash = Array(repeating: 7, count: 32)
            check.httpStatus = 200
            try await BacklinkChecks.record([.init(check, of: row.value, job: nil)], in: tx)
            if change == .lost { _ = try await LinkClaims.draft(for: row.value, in: tx) }
            if change == .recovered {
                _ = try await LinkClaims.restore(row.value, at: now, in: tx)
            }
            return row.value
        }
    }

    private static func order(_ id: BacklinkOrder.ID, _ fixture: Fixture) async throws -> BacklinkOrder {
        try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
            #expect(try await Backlinks.miscounted(for: Fixture.system, in: tx) == [])
            #expect(try await LinkBooks.differences(for: Fixture.system, in: tx) == [])
            return try #require(try await BacklinkServiceOrders.find(id, for: Fixture.system, in: tx)).value
        }
    }

    private static func pass(days: Double, _ fixture: Fixture) async throws {
        try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
            let now = try await BusinessClock.now(in: tx)
            _ = try await BusinessClock.advance(to: now.addingTimeInterval(days * 86_400), in: tx)
        }
    }

    private static func claims(of link: Backlink.ID, _ fixture: Fixture) async throws -> [LinkClaim] {
        try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
            try await LinkClaims.all(of: link, for: Fixture.system, in: tx).map(\.value)
        }
    }

    @Test("the order goes on with its links; each step done twice at once leaves one effect, in the books too")
    func life() async throws {
        try await Fixture.with { fixture in
            let (order, links) = try await Self.place(fixture)
            try await Self.at(order, fixture) { desk in for link in links { try await desk.order(link) } }
            #expect(try await Self.order(order, fixture).status == .inProgress)
            // Six at once tell of the same delivery, with a cost that is not what was agreed.
            let told = try await withThrowingTaskGroup(of: Aftermath.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await Self.at(order, fixture) { desk in
                            try await desk.deliver(
                                links[0],
                                at: "https://blog.example/a",
                                cost: Money(minor: 75_50, currency: .usd)
                            )
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(told.flatMap(\.jobs).map(\.task) == ["verify_link"])
            #expect(told.flatMap(\.events).map(\.action) == [.delivered])
            let one = try await Self.order(order, fixture)
            #expect(
                one.status == .inProgress && one.figures.delivered == 1 && one.figures.cost.decimalString == "235.50"
            )
            try await Self.pass(days: 2, fixture)
            let day = try #require(CalendarDay("2026-09-18"))
            try await Self.at(order, fixture) { desk in
                try await desk.deliver(links[1], at: "https://blog.example/b", on: day)
                try await desk.deliver(links[2], at: "https://blog.example/c")
            }
            #expect(try await Self.order(order, fixture).status == .delivered)
            for link in links { _ = try await Self.see(link, .live, fixture) }
            let done = try await Self.at(order, fixture) { _ in }
            #expect(done.events.map(\.action) == [.completed])
            #expect(try await Self.at(order, fixture) { _ in }.events.isEmpty)
            let completed = try await Self.order(order, fixture)
            #expect(completed.status == .completed && completed.figures.live == 3 && completed.invoiceID == nil)
            let late = try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
                try await Backlinks.find(links[1], for: Fixture.system, in: tx)
            }
            // The guarantee of the tier, three months, runs from the day it went online.
            #expect(late?.guaranteeUntil?.description == "2026-12-18")
        }
    }

    @Test("what cannot be is refused before anything is written")
    func refusals() async throws {
        try await Fixture.with { fixture in
            let (order, links) = try await Self.place(fixture)
            func refused(_ work: @escaping @Sendable (inout OrderDesk) async throws -> Void) async -> String {
                do {
                    try await Self.at(order, fixture, work)
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            #expect(await refused { try await $0.deliver(links[0], at: "https://blog.example/a") }.contains("planned"))
            try await Self.at(order, fixture) { desk in for link in links { try await desk.order(link) } }
            #expect(await refused { try await $0.deliver(links[0], at: "ftp://blog.example/a") }.contains("no address"))
            let tomorrow = try #require(CalendarDay("2026-09-18"))
            #expect(
                await refused { try await $0.deliver(links[0], at: "https://blog.example/a", on: tomorrow) }
                    .contains("2026-09-18")
            )
            try await Self.at(order, fixture) { try await $0.deliver(links[0], at: "https://blog.example/a") }
            #expect(
                await refused { try await $0.deliver(links[0], at: "https://blog.example/other") }.contains(
                    "cannot deliver"
                )
            )
            var dearer = OrderDesk.Agreement()
            dearer.cost = Money(minor: 1, currency: .usd)
            let changed = await refused { [dearer] desk in try await desk.agree(dearer, on: links[0]) }
            #expect(changed.contains("cannot change"))
            // The same page cannot carry a second link to the same target.
            var same = OrderDesk.Agreement()
            same.targetURL = "https://one.example/page-0"
            try await Self.at(order, fixture) { [same] desk in try await desk.agree(same, on: links[1]) }
            #expect(
                await refused { try await $0.deliver(links[1], at: "https://blog.example/a") }.contains("stands on")
            )
            #expect(await refused { try await $0.replace(links[1], because: "no") }.contains("cannot replace"))
            #expect(try await Self.order(order, fixture).figures.delivered == 1)
        }
    }

    @Test("a rejected link is not owed, its replacement is tied to it, and what never came is written off")
    func rejected() async throws {
        try await Fixture.with { fixture in
            let (order, links) = try await Self.place(fixture)
            try await Self.at(order, fixture) { desk in
                for link in links { try await desk.order(link) }
                try await desk.deliver(links[0], at: "https://blog.example/a")
            }
            try await Self.at(order, fixture) { try await $0.reject(links[0], because: "another page than agreed") }
            #expect(try await Self.order(order, fixture).figures.cost.decimalString == "160.00")
            try await Self.at(order, fixture) { desk in
                let other = try await desk.replace(links[0], because: "again")
                #expect(try await desk.replace(links[0], because: "and again") == other)
                #expect(try desk.link(other).replacesID == links[0] && desk.links.count == 4)
                try await desk.order(other)
                try await desk.deliver(other, at: "https://blog.example/a2")
                try await desk.deliver(links[1], at: "https://blog.example/b")
            }
            // One never comes.
            #expect(try await Self.order(order, fixture).status == .inProgress)
            try await Self.at(order, fixture) { desk in
                try await desk.reject(links[2], because: "the publisher has closed")
                try await desk.writeOff(links[2], because: "the client takes two")
            }
            let delivered = try await Self.order(order, fixture)
            #expect(delivered.status == .delivered && delivered.figures.cost.decimalString == "160.00")
        }
    }

    @Test(
        "a pass-through order is invoiced once, with its delivery, at the real cost and a fifth; less when a vendor gives back"
    )
    func passThrough() async throws {
        try await Fixture.with { fixture in
            let price = OrderPrice(.passThrough, clientPrice: .zero(.usd))
            let (order, links) = try await Self.place(fixture, price)
            try await Self.at(order, fixture) { desk in
                for link in links { try await desk.order(link) }
                try await desk.deliver(links[0], at: "https://blog.example/a")
                try await desk.deliver(
                    links[1],
                    at: "https://blog.example/b",
                    cost: Money(minor: 99_99, currency: .usd)
                )
            }
            #expect(try await Self.order(order, fixture).invoiceID == nil)
            let jobs = try await withThrowingTaskGroup(of: Aftermath.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await Self.at(order, fixture) {
                            try await $0.deliver(links[2], at: "https://blog.example/c")
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1.jobs.map(\.task) }
            }
            #expect(jobs.sorted() == ["collect_payment", "verify_link"])
            let delivered = try await Self.order(order, fixture)
            let id = try #require(delivered.invoiceID)
            let (invoice, booked) = try await Self.invoice(id, of: order, fixture)
            // 80.00 + 99.99 + 80.00, and a fifth: 311.988.
            #expect(invoice.net.decimalString == "311.99" && invoice.net == delivered.figures.charged)
            #expect(invoice.lines.map(\.kind) == [.backlinks] && booked == "311.99")
            // One is lost, and its vendor gives half of it back: what the client paid for it goes back in proportion.
            for link in links { _ = try await Self.see(link, .live, fixture) }
            try await Self.at(order, fixture) { _ in }
            _ = try await Self.see(links[0], .gone, fixture)
            try await Self.pass(days: 2, fixture)
            _ = try await Self.see(links[0], .gone, fixture)
            try await Self.resolve(links[0], by: .refund(Money(minor: 40_00, currency: .usd)), fixture)
            let after = try await Self.order(order, fixture)
            #expect(after.status == .completed && after.figures.charged.decimalString == "263.99")
            #expect(try await Self.invoice(id, of: order, fixture).invoice.credited.decimalString == "48.00")
            try await Self.at(order, fixture) { _ in }
            #expect(try await Self.invoice(id, of: order, fixture).invoice.credited.decimalString == "48.00")
        }
    }

    private static func invoice(
        _ id: Invoice.ID,
        of order: BacklinkOrder.ID,
        _ fixture: Fixture
    ) async throws -> (invoice: Invoice, booked: String) {
        try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
            let invoice = try #require(try await Invoices.find(id, for: Fixture.system, in: tx)).value
            let all = try await tx.query(
                """
                select (-sum(line.amount))::numeric(12, 2)::text as booked, count(distinct entry.invoice_id) as invoices
                from igny8_ledger_entries entry join igny8_ledger_lines line on line.entry_id = entry.id
                where entry.kind = 'invoice_issued' and entry.order_id = \(order.rawValue)
                    and line.ledger_account = 'revenue_backlinks'
                """
            )
            let row = try #require(all.first)
            #expect(try row.decode("invoices", as: Int.self) == 1)
            return (invoice, try row.decode("booked"))
        }
    }

    private static func resolve(
        _ link: Backlink.ID,
        by answer: OrderDesk.ClaimAnswer,
        _ fixture: Fixture
    ) async throws {
        let claim = try #require(try await claims(of: link, fixture).first)
        let order = try #require(claim.orderID)
        try await at(order, fixture) { desk in try await desk.resolve(claim.id, by: answer, note: "as agreed") }
    }

    @Test(
        "a link that fails within its guarantee is claimed once, with the evidence of both looks; one that fails after is not"
    )
    func guarantee() async throws {
        try await Fixture.with { fixture in
            let (order, links) = try await Self.place(fixture)
            try await Self.at(order, fixture) { desk in
                for (number, link) in links.enumerated() {
                    try await desk.order(link)
                    try await desk.deliver(link, at: "https://blog.example/\(number)")
                }
            }
            for link in links { _ = try await Self.see(link, .live, fixture) }
            // 90 days on, the first fails; the guarantee runs until 17 December.
            try await Self.pass(days: 90, fixture)
            _ = try await Self.see(links[0], .missing, fixture)
            #expect(try await Self.claims(of: links[0], fixture).isEmpty)
            try await Self.pass(days: 1, fixture)
            // On the last day the second fails for the first time: it counts, though the second look comes after.
            _ = try await Self.see(links[1], .gone, fixture)
            #expect(try await Self.see(links[0], .missing, fixture).status == .lost)
            try await Self.pass(days: 1, fixture)
            _ = try await Self.see(links[2], .gone, fixture)
            #expect(try await Self.see(links[1], .gone, fixture).status == .lost)
            try await Self.pass(days: 1, fixture)
            #expect(try await Self.see(links[2], .gone, fixture).status == .lost)
            #expect(try await Self.claims(of: links[1], fixture).count == 1)
            #expect(try await Self.claims(of: links[2], fixture).isEmpty)
            let claim = try #require(try await Self.claims(of: links[0], fixture).first)
            #expect(claim.status == .draft && claim.expected.decimalString == "80.00")
            for words in [
                "https://blog.example/0", "https://one.example/page-0", "guaranteed until 2026-12-17",
                "2026-12-16T08:00:00Z: not on its page", "2026-12-17T08:00:00Z: not on its page",
                String(repeating: "07", count: 32), "80.00 USD",
            ] { #expect(claim.letter.contains(words), "\(words) is missing in:\n\(claim.letter)") }
            // Found again, the open claim ends; lost again, there is another.
            _ = try await Self.see(links[0], .live, fixture)
            #expect(try await Self.claims(of: links[0], fixture).map(\.status) == [.restored])
            // The other vendor places another link, at no cost.
            try await Self.resolve(links[1], by: .replacement, fixture)
            let resolved = try #require(try await Self.claims(of: links[1], fixture).first)
            let other = try #require(resolved.replacementID)
            #expect(resolved.status == .replaced)
            try await Self.at(order, fixture) { desk in
                #expect(try desk.link(other).replacesID == links[1] && desk.link(other).cost.isZero)
                try await desk.order(other)
                try await desk.deliver(other, at: "https://blog.example/1-again")
            }
            #expect(try await Self.order(order, fixture).figures.cost.decimalString == "240.00")
        }
    }

    @Test("a publisher's record is what its links did, and search orders by it")
    func records() async throws {
        try await Fixture.with { fixture in
            let ids = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let listings = try ["good", "bad", "unknown"].map { name in
                    PublisherListing(
                        domain: try #require(Domain("\(name).example")),
                        marketplace: .fatgrid,
                        dr: 45,
                        price: Money(minor: 80_00, currency: .usd),
                        guaranteeMonths: 6
                    )
                }
                _ = try await Publishers.upsert(listings, in: tx)
                return try await tx.query("select id from igny8_publishers order by id").map { row in
                    Publisher.ID(try row.decode("id", as: Int64.self))
                }
            }
            let good = try await Self.place(fixture, publisher: ids[0])
            let bad = try await Self.place(fixture, publisher: ids[1])
            var due = OrderDesk.Agreement()
            due.due = CalendarDay("2026-09-20")
            for (placed, days) in [(good, 1.0), (bad, 9.0)] {
                try await Self.at(placed.order, fixture) { [due] desk in
                    for link in placed.links {
                        try await desk.agree(due, on: link)
                        try await desk.order(link)
                    }
                }
                try await Self.pass(days: days, fixture)
                try await Self.at(placed.order, fixture) { desk in
                    for link in placed.links {
                        try await desk.deliver(link, at: "https://\(placed.order).example/\(link)")
                    }
                }
                for link in placed.links { _ = try await Self.see(link, .live, fixture) }
            }
            for verdict in [LinkVerdict.gone, .gone] {
                _ = try await Self.see(bad.links[0], verdict, fixture)
                try await Self.pass(days: 2, fixture)
            }
            let rows = try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                #expect(try await PublisherRecords.refresh(in: tx) == 2)
                #expect(try await PublisherRecords.refresh(in: tx) == 0)
                return try await tx.query(
                    """
                    select p.id, p.score, r.links_on_time, r.links_late, r.links_live, r.links_lost, r.lost_in_guarantee,
                        r.cost_per_surviving::text as cost
                    from igny8_publishers p left join igny8_publisher_records r on r.publisher_id = p.id
                    order by p.score desc nulls last
                    """
                ).map { row in row }
            }
            #expect(try rows.map { try $0.decode("id", as: Int64.self) } == ids.map(\.rawValue))
            func number(_ row: Int, _ column: String) throws -> Int? { try rows[row].decode(column, as: Int?.self) }
            #expect(try number(0, "links_on_time") == 3 && number(0, "links_late") == 0 && number(0, "links_live") == 3)
            #expect(
                try number(1, "links_late") == 3 && number(1, "links_lost") == 1 && number(1, "lost_in_guarantee") == 1
            )
            #expect(try rows[1].decode("cost", as: String?.self) == "120.000")
            #expect(try number(2, "score") == nil)
        }
    }

    @Test("late links raise one flag on their order, which says what is late and goes when it has come")
    func late() async throws {
        try await Fixture.with { fixture in
            let (order, links) = try await Self.place(fixture)
            var due = OrderDesk.Agreement()
            due.due = CalendarDay("2026-09-20")
            try await Self.at(order, fixture) { [due] desk in
                for link in links {
                    try await desk.agree(due, on: link)
                    try await desk.order(link)
                }
            }
            func flag() async throws -> [AuditAction] {
                try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                    try await LinkDues.flag(for: Fixture.system, in: tx).map(\.action)
                }
            }
            func open() async throws -> [String] {
                try await fixture.store.read(as: Fixture.system, actor: "test") { tx in
                    try await DeliveryFlags.open(for: Fixture.system, in: tx).map(\.detail)
                }
            }
            // 23:30 UTC of the 20th is half past midnight of the 21st in London.
            try await Self.pass(days: 3, fixture)
            #expect(try await flag() == [])
            try await Self.pass(days: 15.5 / 24, fixture)
            #expect(try await flag() == [.flagRaised])
            #expect(try await flag() == [])
            #expect(try await open() == ["3 not delivered, the oldest due on 2026-09-20"])
            try await Self.at(order, fixture) { desk in
                for link in links { try await desk.deliver(link, at: "https://blog.example/\(link)") }
            }
            try await Self.pass(days: 4, fixture)
            // None is late any more, but nobody has seen them.
            #expect(try await flag() == [])
            #expect(try await open() == ["3 delivered but not seen on the page"])
            for link in links { _ = try await Self.see(link, .live, fixture) }
            #expect(try await flag() == [.flagCleared])
            #expect(try await open() == [])
        }
    }
}
