import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import BacklinkOrders

@Suite("Placing an order", .timeLimit(.minutes(2)))
struct PlaceOrderTests {
    private func approve(_ house: LinkHouse, _ tx: PostgresTransaction) async throws -> OrderApprovals.Outcome {
        var desk = try #require(try await OrderApprovals.hold(house.order.id, for: LinkHouse.system, in: tx))
        return try await OrderApprovals.approve(&desk, by: nil, way: .staff, in: tx)
    }

    private func plan(_ house: LinkHouse, _ publishers: [Int64?]) async throws {
        try await house.transaction { tx in
            _ = try await Backlinks.create(
                publishers.map { publisher in
                    var new = Backlinks.New(
                        account: house.account.id,
                        site: house.site.id,
                        order: house.order.id,
                        targetURL: LinkHouse.target,
                        cost: Money(minor: 80_00, currency: .usd)
                    )
                    new.publisher = publisher.map { Publisher.ID($0) }
                    return new
                },
                in: tx
            )
        }
    }

    private func publisher(_ house: LinkHouse) async throws -> Int64 {
        try await house.transaction { tx in
            try await tx.query(
                """
                insert into igny8_publishers (domain, marketplace, price, turnaround_days)
                values ('news.example', 'fatgrid', 80, 10) returning id
                """
            )[0].decode(0)
        }
    }

    @Test(
        "planned links with a publisher are ordered with the day they are due, however often the job runs; others wait"
    )
    func placed() async throws {
        try await LinkHouse.open { house in
            let publisher = try await publisher(house)
            try await plan(house, [publisher, publisher, nil])
            try await house.transaction { tx in
                let outcome = try await approve(house, tx)
                // Beside the one that the approval writes, two that run at once.
                var jobs = outcome.jobs.filter { $0.task == "place_order" }
                #expect(jobs.count == 1)
                for key in ["a", "b"] {
                    var job = BacklinkOrdersJobs.place(house.order.id, account: house.account.id)
                    job.uniqueKey = key
                    jobs.append(job)
                }
                try await house.producer.enqueue(jobs, in: tx)
            }
            try await house.settle()
            let figures = try await house.figures()
            #expect(figures.ordered == 2 && figures.cost.decimalString == "160.00")
            let (order, links, audited) = try await house.transaction { tx in
                (
                    try #require(try await BacklinkServiceOrders.find(house.order.id, for: LinkHouse.system, in: tx)),
                    try await Backlinks.all(of: [house.order.id], for: LinkHouse.system, in: tx),
                    try await tx.query("select count(*) from igny8_audit_events where action = 'ordered'")[0]
                        .decode(0, as: Int64.self)
                )
            }
            #expect(order.status == .inProgress && order.dueOn == CalendarDay("2026-09-27"))
            #expect(links.map(\.status) == [.ordered, .ordered, .planned])
            #expect(links.first?.dueOn == CalendarDay("2026-09-27"))
            #expect(audited == 1)
        }
    }

    @Test("while the account is past due nothing is ordered; some hours after the money came it is")
    func held() async throws {
        try await LinkHouse.open { house in
            let publisher = try await publisher(house)
            try await plan(house, [publisher])
            try await house.transaction { tx in
                let outcome = try await approve(house, tx)
                try await tx.query(
                    "update igny8_invoices set first_failed_at = igny8_now() where account_id = \(house.account.id.rawValue)"
                )
                try await house.producer.enqueue(outcome.jobs.filter { $0.task == "place_order" }, in: tx)
            }
            try await house.settle()
            #expect(try await house.figures().ordered == 0)
            try await house.live(hours: 7)
            #expect(try await house.figures().ordered == 0)
            try await house.transaction { tx in
                try await SpendGuards.override(
                    house.account.id,
                    until: try await BusinessClock.now(in: tx).addingTimeInterval(86_400),
                    because: "the money is on its way",
                    by: nil,
                    in: tx
                )
            }
            try await house.live(hours: 7)
            #expect(try await house.figures().ordered == 1)
        }
    }

    @Test("a cancelled order is not placed")
    func cancelled() async throws {
        try await LinkHouse.open { house in
            let publisher = try await publisher(house)
            try await plan(house, [publisher])
            try await house.transaction { tx in
                let outcome = try await approve(house, tx)
                var desk = try #require(try await OrderApprovals.hold(house.order.id, for: LinkHouse.system, in: tx))
                _ = try await BacklinkServiceOrders.cancel(&desk, by: nil, because: "no", in: tx)
                try await house.producer.enqueue(outcome.jobs.filter { $0.task == "place_order" }, in: tx)
            }
            try await house.settle()
            #expect(try await house.figures().ordered == 0)
        }
    }
}
