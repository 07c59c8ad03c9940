import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import BacklinkOrders

@Suite("Deliveries of links", .timeLimit(.minutes(4))) struct DeliveryTests {
    private static func page(_ number: Int) -> String { "https://page-\(number).example/post" }

    /// The house's order, approved, with three links ordered for a day.
    private static func place(_ house: LinkHouse, due: String = "2026-09-25") async throws -> [Backlink.ID] {
        try await house.transaction { tx in
            var order = try #require(
                try await BacklinkServiceOrders.find(house.order.id, for: LinkHouse.system, in: tx)
            )
            let now = try await BusinessClock.now(in: tx)
            try order.value.approve(by: nil, at: now, floor: .zero)
            try await BacklinkServiceOrders.save(&order, in: tx)
            let links = try await Backlinks.create(
                (0..<3).map { _ in
                    var link = Backlinks.New(
                        account: house.account.id,
                        site: house.site.id,
                        order: order.id,
                        targetURL: LinkHouse.target,
                        cost: Money(minor: 80_00, currency: .usd)
                    )
                    link.tier = "basic_guest_post"
                    link.anchorText = "vinyl banners"
                    return link
                },
                in: tx
            )
            var desk = try #require(try await OrderDesk.open(order.id, for: LinkHouse.system, in: tx))
            var agreement = OrderDesk.Agreement()
            agreement.due = CalendarDay(due)
            for link in links {
                try await desk.agree(agreement, on: link.id)
                try await desk.order(link.id)
            }
            _ = try await desk.close()
            return links.map(\.id)
        }
    }

    private static func tell(
        _ deliveries: [BacklinkOrdersJobs.Delivery],
        times: Int = 1,
        _ house: LinkHouse
    ) async throws {
        let job = BacklinkOrdersJobs.recordDelivery(
            BacklinkOrdersJobs.Deliveries(orderID: house.order.id, deliveries: deliveries),
            account: house.account.id
        )
        _ = try await house.transaction { tx in
            try await house.producer.enqueue(Array(repeating: job, count: times), in: tx)
        }
        try await house.settle()
    }

    private static func order(_ house: LinkHouse) async throws -> BacklinkOrder {
        try await house.transaction { tx in
            #expect(try await Backlinks.miscounted(for: LinkHouse.system, in: tx).isEmpty)
            #expect(try await LinkBooks.differences(for: LinkHouse.system, in: tx).isEmpty)
            return try #require(try await BacklinkServiceOrders.find(house.order.id, for: LinkHouse.system, in: tx))
                .value
        }
    }

    @Test(
        "a delivery told six times at once is recorded, booked and looked at once; the order completes with its last link"
    )
    func once() async throws {
        try await LinkHouse.open { house in
            let links = try await Self.place(house)
            for number in 0..<3 { house.pages.set(Self.page(number), LinkHouse.link) }
            let deliveries = links.enumerated().map { number, link in
                BacklinkOrdersJobs.Delivery(backlinkID: link, url: Self.page(number), cost: "7\(number).25")
            }
            try await Self.tell(Array(deliveries.prefix(2)), times: 6, house)
            #expect(house.pages.visited.sorted() == [Self.page(0), Self.page(1)])
            #expect(try await house.story(of: links[0]) == ["delivered", "went_live"])
            #expect(try await Self.order(house).status == .inProgress)
            // One line that cannot be keeps no other back.
            let wrong = BacklinkOrdersJobs.Delivery(backlinkID: links[2], url: "page-2")
            try await Self.tell(
                [wrong, BacklinkOrdersJobs.Delivery(backlinkID: 999_999, url: Self.page(9))] + deliveries,
                house
            )
            let order = try await Self.order(house)
            #expect(
                order.status == .completed && order.figures.live == 3 && order.figures.cost.decimalString == "213.75"
            )
            let told = try await house.transaction { tx in
                try await tx.query(
                    """
                    select (result ->> 'recorded')::int as recorded, (result ->> 'known')::int as known,
                        jsonb_array_length(result -> 'refused') as refused
                    from igny8_job_history where task = 'record_delivery' order by id
                    """
                ).map { row in
                    [
                        try row.decode("recorded", as: Int.self), try row.decode("known", as: Int.self),
                        try row.decode("refused", as: Int.self),
                    ]
                }
            }
            #expect(told.filter { $0 == [2, 0, 0] }.count == 1 && told.filter { $0 == [0, 2, 0] }.count == 5)
            #expect(told.last == [1, 2, 2])
        }
    }

    @Test(
        "each day what is not seen yet is looked at again, what is late is flagged once, and the order completes by itself"
    )
    func daily() async throws {
        try await LinkHouse.open { house in
            let links = try await Self.place(house, due: "2026-09-18")
            house.pages.set(Self.page(0), "<p>Soon.</p>")
            try await Self.tell([BacklinkOrdersJobs.Delivery(backlinkID: links[0], url: Self.page(0))], house)
            try await house.live(hours: 24 * 2)
            let flags = try await house.openFlags()
            #expect(flags.map(\.kind) == [.linksBehind] && flags.first?.subjectID == house.order.id.rawValue)
            #expect(flags.first?.detail == "2 not delivered, the oldest due on 2026-09-18")
            // On delivery, on the 18th and on the 19th at 04:00.
            #expect(house.pages.visited.count == 3)
            for number in 0..<3 { house.pages.set(Self.page(number), LinkHouse.link) }
            try await Self.tell(
                [1, 2].map { BacklinkOrdersJobs.Delivery(backlinkID: links[$0], url: Self.page($0)) },
                house
            )
            #expect(try await Self.order(house).status == .delivered)
            try await house.live(hours: 24)
            #expect(try await Self.order(house).status == .completed)
            #expect(try await house.openFlags().isEmpty)
        }
    }

    @Test("a link lost within its guarantee has its claim with the flag; found again, both end")
    func claim() async throws {
        try await LinkHouse.open { house in
            let links = try await Self.place(house)
            house.pages.set(Self.page(0), LinkHouse.link)
            try await Self.tell([BacklinkOrdersJobs.Delivery(backlinkID: links[0], url: Self.page(0))], house)
            house.pages.set(Self.page(0), status: 404, "gone")
            try await house.verify(links[0])
            try await house.live(hours: 25)
            func claims() async throws -> [LinkClaim] {
                try await house.transaction { tx in
                    try await LinkClaims.all(of: links[0], for: LinkHouse.system, in: tx).map(\.value)
                }
            }
            let drafted = try await claims()
            #expect(drafted.map(\.status) == [.draft])
            #expect(drafted.first?.letter.components(separatedBy: "its page is gone, HTTP 404").count == 3)
            house.pages.set(Self.page(0), LinkHouse.link)
            try await house.verify(links[0])
            #expect(try await claims().map(\.status) == [.restored])
            #expect(try await house.openFlags().filter { $0.kind == .linkLost }.isEmpty)
        }
    }
}
