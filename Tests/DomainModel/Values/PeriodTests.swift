import DomainModel
import Foundation
import Testing

@Suite struct PeriodTests {
    static func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name), "\(name)") }
    static func moment(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test("days count right over four centuries")
    func civil() throws {
        var previous = try #require(CalendarDay(year: 1900, month: 1, day: 1))
        for number in (previous.daysSinceEpoch + 1)...(previous.daysSinceEpoch + 146_097) {
            let day = CalendarDay(daysSinceEpoch: number)
            #expect(day.daysSinceEpoch == number)
            #expect(previous < day)
            #expect(day.day == 1 ? day.calendarMonth == previous.calendarMonth.next : day.day == previous.day + 1)
            #expect(CalendarDay(year: day.year, month: day.month, day: day.day) == day)
            previous = day
        }
    }

    @Test("days that do not exist cannot be made")
    func impossible() {
        #expect(CalendarDay("2026-02-29") == nil)
        #expect(CalendarDay("2028-02-29")?.description == "2028-02-29")
        #expect(CalendarDay("1900-02-29") == nil)
        #expect(CalendarDay("2026-9-1") == nil)
        #expect(CalendarDay("2026-13-01") == nil)
        #expect(CalendarDay("2026-09-17")?.weekday == 4)
    }

    @Test(
        "a month begins at local midnight, from UTC+14 to UTC−11",
        arguments: [
            ("Pacific/Kiritimati", "2026-09-30T10:00:00Z"), ("Pacific/Pago_Pago", "2026-10-01T11:00:00Z"),
            ("Europe/London", "2026-09-30T23:00:00Z"), ("America/Toronto", "2026-10-01T04:00:00Z"),
            ("Asia/Karachi", "2026-09-30T19:00:00Z"), ("Asia/Kathmandu", "2026-09-30T18:15:00Z"),
            ("UTC", "2026-10-01T00:00:00Z"),
        ]
    )
    func midnight(zone: String, start: String) throws {
        let month = try #require(CalendarMonth(year: 2026, month: 10))
        #expect(try BillingPeriod(month, in: Self.zone(zone)).start == Self.moment(start))
    }

    @Test(
        "midnight in a gap is the moment after it, midnight in a fold the first of the two",
        arguments: [
            // Cairo's clocks skip 00:00–01:00 on the last Friday of April.
            ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z"),
            // Havana's go back from 01:00 to 00:00.
            ("America/Havana", "2023-11-05", "2023-11-05T04:00:00Z"),
            // Samoa had no 30 December 2011 at all.
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        ]
    )
    func gapsAndFolds(zone: String, day: String, start: String) throws {
        #expect(try #require(CalendarDay(day)).start(in: Self.zone(zone)) == Self.moment(start))
    }

    @Test("06:00 is 06:00 on the wall, on both sides of a change of the clocks")
    func wallClock() throws {
        let london = try Self.zone("Europe/London")
        let before = try #require(CalendarDay("2026-10-24")).moment(hour: 6, in: london)
        let after = try #require(CalendarDay("2026-10-26")).moment(hour: 6, in: london)
        #expect(before == (try Self.moment("2026-10-24T05:00:00Z")))
        #expect(after == (try Self.moment("2026-10-26T06:00:00Z")))
    }

    @Test("periods tile time in every zone of the world, and each moment lies in the month its wall clock shows")
    func tiling() throws {
        for (index, name) in TimeZone.knownTimeZoneIdentifiers.sorted().enumerated() {
            let zone = try Self.zone(name)
            var dice = Dice(index)
            var period = try BillingPeriod(#require(CalendarMonth(year: 2023, month: 1)), in: zone)
            for _ in 0..<48 {
                let next = period.next
                #expect(period.end == next.start, "\(name) \(period.month)")
                #expect(next == BillingPeriod(next.month, in: zone), "\(name) \(next.month)")
                #expect(period.start < period.end)
                let seconds = Int(period.end.timeIntervalSince(period.start))
                let moment = period.start.addingTimeInterval(Double(dice.roll(0...seconds - 1)))
                #expect(period.contains(moment) && !next.contains(moment))
                #expect(BillingPeriod(containing: moment, in: zone) == period, "\(name) \(moment)")
                #expect(!period.contains(period.end))
                period = next
            }
        }
    }

    @Test("a changed zone leaves no hour out and bills none twice: 2,000 random lives")
    func zoneChanges() throws {
        let names = [
            "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London", "America/Toronto", "Asia/Karachi", "UTC",
        ]
        for seed in 0..<2_000 {
            var dice = Dice(seed)
            var period = try BillingPeriod(
                #require(CalendarMonth(year: 2026, month: 1)),
                in: Self.zone(dice.pick(names))
            )
            for _ in 0..<24 {
                let next = try period.next(in: Self.zone(dice.pick(names)))
                #expect(next.start == period.end && next.month == period.month.next, "seed \(seed)")
                let hours = next.end.timeIntervalSince(next.start) / 3_600
                #expect(hours >= 28 * 24 - 26 && hours <= 31 * 24 + 26, "seed \(seed): \(hours) h")
                period = next
            }
        }
    }

    @Test("29 February is a day of service in a leap year")
    func leapDay() throws {
        let leap = Proration(startingOn: try #require(CalendarDay("2028-02-29")))
        #expect(leap.days == 1 && leap.fraction == Fraction(1, 29))
        #expect(try leap.price(Money(minor: 39_900, currency: .usd)).decimalString == "13.76")
        #expect(try Proration(startingOn: #require(CalendarDay("2027-02-28"))).fraction == Fraction(1, 28))
    }
}
