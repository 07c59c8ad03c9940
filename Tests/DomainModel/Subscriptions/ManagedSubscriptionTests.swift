import DomainModel
import Foundation
import Testing

@Suite struct ManagedSubscriptionTests {
    private let london = TimeZone(identifier: "Europe/London") ?? .gmt

    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }
    private func noon(_ text: String) throws -> Date { try day(text).moment(hour: 12, in: london) }

    private func pending() -> ManagedSubscription {
        ManagedSubscription(
            id: 1,
            accountID: 2,
            siteID: 3,
            tier: .pro,
            monthlyPrice: Money(minor: 39_900, currency: .usd),
            articlesPerMonth: 30,
            serviceConfig: .defaults(for: .pro),
            createdAt: Date(timeIntervalSince1970: 0)
        )
    }

    private func active(since text: String) throws -> ManagedSubscription {
        var subscription = pending()
        try subscription.activate(at: noon(text), in: london)
        return subscription
    }

    /// Invoices everything that is due on a day.
    private func bill(_ subscription: inout ManagedSubscription, on text: String) throws -> [Proration] {
        var billed: [Proration] = []
        while let due = subscription.dueProration(on: try day(text), in: london) {
            subscription.invoiced(due)
            billed.append(due)
        }
        return billed
    }

    @Test("the first period runs from activation to the month's end, with quota and price cut alike")
    func first() throws {
        var subscription = try active(since: "2026-09-17")
        #expect(subscription.currentMonthTarget == 14)
        let billed = try bill(&subscription, on: "2026-09-17")
        #expect(billed.map(\.days) == [14])
        #expect(try bill(&subscription, on: "2026-09-30").isEmpty)
        #expect(try bill(&subscription, on: "2026-10-01") == [Proration(full: day("2026-10-01").calendarMonth)])
    }

    @Test("a missed run catches up, a period at a time")
    func catchUp() throws {
        var subscription = try active(since: "2026-09-17")
        #expect(try bill(&subscription, on: "2026-12-05").map(\.month.month) == [9, 10, 11, 12])
    }

    @Test("a pause stops the next invoice; resumed in a paid period it is free")
    func pauseWithinPeriod() throws {
        var subscription = try active(since: "2026-09-01")
        _ = try bill(&subscription, on: "2026-09-01")
        try subscription.pause(at: noon("2026-09-10"))
        try subscription.resume(at: noon("2026-09-20"), in: london)
        #expect(try bill(&subscription, on: "2026-09-20").isEmpty)
        #expect(subscription.pausedAt == nil)
    }

    @Test("resumed later, only the days that are left are billed, and the paused months never")
    func pauseOverMonths() throws {
        var subscription = try active(since: "2026-09-01")
        _ = try bill(&subscription, on: "2026-09-01")
        try subscription.pause(at: noon("2026-09-10"))
        #expect(try bill(&subscription, on: "2026-11-01").isEmpty)
        try subscription.resume(at: noon("2026-11-21"), in: london)
        #expect(try bill(&subscription, on: "2026-11-21").map(\.days) == [10])
        #expect(subscription.currentMonthTarget == 10 && subscription.currentMonthArticlesPublished == 0)
    }

    @Test("an end at period end serves what was paid and bills nothing more")
    func cancelAtEnd() throws {
        var subscription = try active(since: "2026-09-17")
        _ = try bill(&subscription, on: "2026-09-17")
        try subscription.cancelAtPeriodEnd(at: noon("2026-09-20"), in: london)
        #expect(try subscription.status == .active && subscription.cancelsOn == day("2026-10-01"))
        #expect(try !subscription.endsBy(day("2026-09-30")))
        #expect(try subscription.endsBy(day("2026-10-01")))
        #expect(try bill(&subscription, on: "2026-10-01").isEmpty)
        try subscription.cancel(at: noon("2026-10-01"))
        #expect(subscription.status == .cancelled)
    }

    @Test("an end at once credits the days that were paid and not served")
    func cancelNow() throws {
        var subscription = try active(since: "2026-09-17")
        _ = try bill(&subscription, on: "2026-09-17")
        let unused = try #require(try subscription.unusedDays(from: day("2026-09-24")))
        #expect(unused.days == 7)
        try subscription.cancel(at: noon("2026-09-24"))
        #expect(throws: IllegalTransition.self) { try subscription.cancel(at: noon("2026-09-24")) }
    }

    @Test("a month begins once")
    func monthBegins() throws {
        var subscription = try active(since: "2026-09-17")
        subscription.recordPublished(5)
        let october = try day("2026-10-01").calendarMonth
        let beganEarlier = subscription.beginMonth(october.previous)
        let began = subscription.beginMonth(october)
        #expect(!beganEarlier && began)
        #expect(subscription.currentMonthArticlesPublished == 0 && subscription.currentMonthTarget == 30)
        subscription.recordPublished(3)
        let beganAgain = subscription.beginMonth(october)
        #expect(!beganAgain)
        #expect(subscription.currentMonthArticlesPublished == 3)
    }

    @Test("a new price waits for the next period, but not before activation")
    func price() throws {
        var subscription = pending()
        subscription.changePrice(to: Money(minor: 29_900, currency: .usd))
        #expect(subscription.monthlyPrice.minor == 29_900)
        try subscription.activate(at: noon("2026-09-17"), in: london)
        subscription.changePrice(to: Money(minor: 19_900, currency: .usd))
        #expect(subscription.monthlyPrice.minor == 29_900 && subscription.nextMonthlyPrice?.minor == 19_900)
        subscription.adoptNextTerms(from: Proration(full: try day("2026-10-01").calendarMonth))
        #expect(subscription.monthlyPrice.minor == 19_900 && subscription.nextMonthlyPrice == nil)
    }

    @Test("no day is billed twice and no day of service is left out, whatever runs are missed: 3,000 random lives")
    func randomLives() throws {
        for seed in 0..<3_000 {
            var dice = Dice(seed)
            var today = try day("2026-01-01").adding(days: dice.roll(0...60))
            var subscription = pending()
            try subscription.activate(at: today.moment(hour: 12, in: london), in: london)
            var billed = Set<CalendarDay>()
            var served = Set<CalendarDay>()
            func run() {
                while let due = subscription.dueProration(on: today, in: london) {
                    for offset in 0..<due.days {
                        let isNew = billed.insert(due.from.adding(days: offset)).inserted
                        #expect(isNew, "seed \(seed)")
                    }
                    subscription.invoiced(due)
                }
            }
            for _ in 0..<200 {
                let moment = today.moment(hour: 12, in: london)
                if subscription.status == .active {
                    served.insert(today)
                    if dice.chance(25) { try subscription.pause(at: moment) }
                } else if dice.chance(8) {
                    run()
                    try subscription.resume(at: moment, in: london)
                    served.insert(today)
                }
                if dice.chance(10) { run() }
                today = today.adding(days: 1)
            }
            run()
            #expect(served.isSubset(of: billed), "seed \(seed)")
        }
    }

    @Test(
        "behind is more than one article short of the pace",
        arguments: [
            ("2026-09-01", 0, false), ("2026-09-02", 0, false), ("2026-09-03", 0, true), ("2026-09-03", 1, false),
            ("2026-09-16", 13, true), ("2026-09-16", 14, false), ("2026-10-05", 28, true), ("2026-10-05", 29, false),
        ]
    )
    func pace(today: String, published: Int, isBehind: Bool) throws {
        let served = Proration(full: try day("2026-09-01").calendarMonth)
        let pace = DeliveryPace(target: 30, published: published, served: served, today: try day(today))
        #expect(pace.isBehind == isBehind)
    }
}
