import DomainModel
import Foundation
import Testing

/// Months that have gone wrong in other houses, each by its name (issue "Money and plans", regression set). What needs
/// the database or workers stands in `Tests/Subscriptions/RegressionTests.swift`.
@Suite("Months that go wrong elsewhere") struct RegressionTests {
    private func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name)) }
    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }

    private func sold(on text: String, in zone: TimeZone, price: Int64 = 31_000) throws -> ManagedSubscription {
        var subscription = ManagedSubscription(
            id: 1,
            accountID: 1,
            siteID: 1,
            tier: .pro,
            monthlyPrice: Money(minor: price, currency: .usd),
            articlesPerMonth: 31,
            serviceConfig: .defaults(for: .pro),
            createdAt: Date(timeIntervalSince1970: 0)
        )
        try subscription.activate(at: day(text).moment(hour: 12, in: zone), in: zone)
        return subscription
    }

    /// Bills what is due on a day: the days of each invoice.
    private func bill(_ subscription: inout ManagedSubscription, on text: String, in zone: TimeZone) throws -> [String]
    {
        var billed: [String] = []
        while let served = subscription.dueProration(on: try day(text), in: zone) {
            billed.append("\(served.from) \(served.days)/\(served.month.numberOfDays)")
            subscription.invoiced(served)
        }
        return billed
    }

    @Test("a start on the 30th bills two days of a long month, one of a short one, and then whole months")
    func startOnThe30th() throws {
        let london = try zone("Europe/London")
        var october = try sold(on: "2026-10-30", in: london)
        #expect(try bill(&october, on: "2026-10-30", in: london) == ["2026-10-30 2/31"])
        #expect(october.currentMonthTarget == 2)
        #expect(try bill(&october, on: "2026-11-01", in: london) == ["2026-11-01 30/30"])
        var november = try sold(on: "2026-11-30", in: london)
        #expect(try bill(&november, on: "2026-12-01", in: london) == ["2026-11-30 1/30", "2026-12-01 31/31"])
    }

    @Test("a start on the 31st bills one day, and February after it is a whole month")
    func startOnThe31st() throws {
        let london = try zone("Europe/London")
        var subscription = try sold(on: "2027-01-31", in: london)
        #expect(
            try bill(&subscription, on: "2027-03-01", in: london)
                == ["2027-01-31 1/31", "2027-02-01 28/28", "2027-03-01 31/31"]
        )
        #expect(try Proration(startingOn: day("2027-01-31")).price(Money(minor: 31_000, currency: .usd)).minor == 1_000)
    }

    @Test("28 February is the last day of a short year and the last but one of a leap year")
    func february28() throws {
        let london = try zone("Europe/London")
        var short = try sold(on: "2027-02-28", in: london)
        #expect(try bill(&short, on: "2027-03-01", in: london) == ["2027-02-28 1/28", "2027-03-01 31/31"])
        var leap = try sold(on: "2028-02-28", in: london)
        #expect(try bill(&leap, on: "2028-03-01", in: london) == ["2028-02-28 2/29", "2028-03-01 31/31"])
    }

    @Test("29 February is a day like others: a start, a pause, an end on it")
    func february29() throws {
        let london = try zone("Europe/London")
        var subscription = try sold(on: "2028-02-29", in: london)
        #expect(try bill(&subscription, on: "2028-02-29", in: london) == ["2028-02-29 1/29"])
        try subscription.pause(at: day("2028-02-29").moment(hour: 13, in: london))
        #expect(try bill(&subscription, on: "2028-03-01", in: london).isEmpty)
        try subscription.resume(at: day("2028-03-31").moment(hour: 9, in: london), in: london)
        #expect(try bill(&subscription, on: "2028-03-31", in: london) == ["2028-03-31 1/31"])
        let unused = try #require(try subscription.unusedDays(from: day("2028-03-31")))
        #expect(unused.days == 1)
    }

    @Test("a month in which the clocks jump over midnight begins after the gap, and has its days all the same")
    func daylightSavingGap() throws {
        // Beirut: 00:00 does not exist on 29 March 2026; Havana: neither on 8 March. Santiago's gap is on a Saturday night.
        for (name, first) in [("Asia/Beirut", "2026-03-29"), ("America/Havana", "2026-03-08")] {
            let zone = try zone(name)
            let start = try day(first).start(in: zone)
            #expect(CalendarDay(of: start, in: zone) == (try day(first)), "\(name)")
            #expect(
                try CalendarDay(of: start.addingTimeInterval(-1), in: zone) == day(first).adding(days: -1),
                "\(name)"
            )
            var subscription = try sold(on: first, in: zone)
            #expect(subscription.nextBillingDay == (try day(first)))
            let billed = try bill(&subscription, on: "2026-04-01", in: zone)
            #expect(
                billed == ["\(first) \(try Proration(startingOn: day(first)).days)/31", "2026-04-01 30/30"],
                "\(name)"
            )
        }
    }

    @Test("a night that comes twice is billed once")
    func daylightSavingFold() throws {
        // Havana: on 1 November 2026 the hour from 00:00 to 01:00 comes twice, at the very beginning of the month.
        let havana = try zone("America/Havana")
        var subscription = try sold(on: "2026-10-31", in: havana)
        #expect(try bill(&subscription, on: "2026-10-31", in: havana) == ["2026-10-31 1/31"])
        let first = try day("2026-11-01").start(in: havana)
        for moment in [
            first, first.addingTimeInterval(1_800), first.addingTimeInterval(3_600), first.addingTimeInterval(5_400),
        ] {
            #expect(CalendarDay(of: moment, in: havana) == (try day("2026-11-01")))
        }
        #expect(try bill(&subscription, on: "2026-11-01", in: havana) == ["2026-11-01 30/30"])
        #expect(try bill(&subscription, on: "2026-11-01", in: havana).isEmpty)
    }

    @Test("a zone changed in mid-month bills no day twice and leaves none out, also over the date line")
    func zoneChangedInMidMonth() throws {
        let (pagoPago, kiritimati) = (try zone("Pacific/Pago_Pago"), try zone("Pacific/Kiritimati"))
        var west = try sold(on: "2026-09-17", in: pagoPago)
        #expect(try bill(&west, on: "2026-09-17", in: pagoPago) == ["2026-09-17 14/30"])
        // 23:00 of 30 September in Pago Pago is 2 October in Kiritimati: the 1st is billed, though it never was a today.
        let moment = try day("2026-09-30").moment(hour: 23, in: pagoPago)
        let there = CalendarDay(of: moment, in: kiritimati)
        #expect(there.description == "2026-10-02")
        #expect(try bill(&west, on: there.description, in: kiritimati) == ["2026-10-01 31/31"])
        // And back: it is September again, and nothing of it is due.
        #expect(try bill(&west, on: "2026-09-30", in: pagoPago).isEmpty)
        #expect(try bill(&west, on: "2026-10-01", in: pagoPago).isEmpty)
        #expect(try bill(&west, on: "2026-11-01", in: pagoPago) == ["2026-11-01 30/30"])
    }

    @Test(
        "a run that is late by three days bills the month from its 1st, and nothing is lost that was paused meanwhile"
    )
    func lateByThreeDays() throws {
        let london = try zone("Europe/London")
        var subscription = try sold(on: "2026-09-17", in: london)
        _ = try bill(&subscription, on: "2026-09-17", in: london)
        try subscription.pause(at: day("2026-10-02").moment(hour: 9, in: london))
        #expect(throws: BillingDue.self) { try subscription.requireInvoiced(on: day("2026-10-03"), in: london) }
        #expect(try bill(&subscription, on: "2026-10-04", in: london) == ["2026-10-01 31/31"])
        try subscription.requireInvoiced(on: day("2026-10-04"), in: london)
    }

    @Test("a credit larger than what is due pays it, and the rest waits for the next invoice and the one after")
    func creditLargerThanDue() throws {
        let day = try day("2026-10-01")
        let now = day.start(in: .gmt)
        func invoice(_ sequence: Int, _ minor: Int64) throws -> Invoice {
            var invoice = try Invoice(
                draft: Invoice.ID(Int64(sequence)),
                accountID: 1,
                currency: .usd,
                lines: [InvoiceLine(kind: .plan, description: "plan", unitPrice: Money(minor: minor, currency: .usd))],
                seller: .agency,
                buyer: Party(name: "Client", email: "c@example.com")
            )
            try invoice.issue(number: #require(InvoiceNumber(year: 2026, sequence: sequence)), at: now, on: day)
            return invoice
        }
        var first = try invoice(1, 50_000)
        try first.receive(Money(minor: 45_000, currency: .usd), at: now)
        let excess = try first.apply(credit: Money(minor: 50_000, currency: .usd), at: now)
        #expect(first.status == .paid && excess.minor == 45_000)
        var balance = excess
        for (sequence, minor) in [(2, Int64(30_000)), (3, 30_000)] {
            var next = try invoice(sequence, minor)
            let used = try next.usable(of: balance)
            try next.receive(used, at: now)
            balance = try balance - used
            #expect(next.due.minor == (sequence == 2 ? 0 : 15_000))
        }
        #expect(balance.isZero)
    }

    @Test("a part of a month that is credited twice is credited for what is left of it")
    func creditedTwice() throws {
        let london = try zone("Europe/London")
        let subscription = try sold(on: "2026-09-01", in: london, price: 30_000)
        let served = try Proration(full: day("2026-09-01").calendarMonth)
        let line = try InvoiceLine.managedMonth(
            of: subscription,
            domain: #require(Domain("a.example")),
            served: served,
            taxRate: #require(Ratio("0.2"))
        )
        let invoice = try Invoice(
            accountID: 1,
            currency: .usd,
            served: served,
            lines: [line],
            seller: .agency,
            buyer: Party(name: "Client", email: "c@example.com")
        )
        // Half of it was given back as a courtesy: ten unused days are worth a third of the other half.
        let courtesy = try Creditable(invoice, less: []).amount(Money(minor: 18_000, currency: .usd))
        #expect(courtesy.map(\.net.minor) == [15_000] && courtesy.map(\.tax.minor) == [3_000])
        let unused = try Creditable(invoice, less: courtesy).unusedDays(from: day("2026-09-21"))
        #expect(unused.map(\.net.minor) == [5_000] && unused.map(\.tax.minor) == [1_000])
        let again = try Creditable(invoice, less: courtesy + unused).unusedDays(from: day("2026-09-11"))
        #expect(again.map(\.net.minor) == [5_000], "ten of the twenty days that are left")
        #expect(try Creditable(invoice, less: courtesy + unused + again).unusedDays(from: day("2026-09-11")).isEmpty)
    }
}
