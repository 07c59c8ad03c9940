public import Foundation

/// One calendar month in an account's time zone, half-open: `start` belongs to it, `end` to the next (spec 9.3).
///
/// Periods of one account tile time. When the client changes the zone, the running period keeps its end, and the next
/// one starts right there: nothing is billed twice and no hour is left out (``next(in:)``).
public struct BillingPeriod: Hashable, Sendable {
    /// Which month; with the subscription it is the period's identity (unique in the database).
    public let month: CalendarMonth
    /// The zone the month is meant in.
    public let zone: TimeZone
    /// The first moment.
    public let start: Date
    /// The first moment that no longer belongs to it.
    public let end: Date

    /// A calendar month in a zone.
    public init(_ month: CalendarMonth, in zone: TimeZone) {
        self.init(
            month: month,
            zone: zone,
            start: month.firstDay.start(in: zone),
            end: month.next.firstDay.start(in: zone)
        )
    }

    /// The month that a moment lies in.
    public init(containing moment: Date, in zone: TimeZone) {
        self.init(CalendarDay(of: moment, in: zone).calendarMonth, in: zone)
    }

    private init(month: CalendarMonth, zone: TimeZone, start: Date, end: Date) {
        self.month = month
        self.zone = zone
        self.start = start
        self.end = end
    }

    /// The period after this one, in the zone the account has by then: it starts where this one ends.
    public func next(in zone: TimeZone) -> BillingPeriod {
        BillingPeriod(
            month: month.next,
            zone: zone,
            start: end,
            end: month.next.next.firstDay.start(in: zone)
        )
    }

    /// The period after this one in the same zone.
    public var next: BillingPeriod { next(in: zone) }

    /// Whether a moment belongs to it.
    public func contains(_ moment: Date) -> Bool { start <= moment && moment < end }

    /// The 1st, as it stands on the invoice.
    public var firstDay: CalendarDay { month.firstDay }

    /// The last day, inclusive, as it stands on the invoice.
    public var lastDay: CalendarDay { month.lastDay }

    /// The 1st of the month after: the day of the next invoice.
    public var dayAfter: CalendarDay { month.next.firstDay }

    /// How many whole days of it have passed at a moment, 0 to the month's length (pace rule of spec 4).
    public func elapsedDays(at moment: Date) -> Int {
        let today = CalendarDay(of: moment, in: zone)
        return min(max(firstDay.days(until: today), 0), month.numberOfDays)
    }
}
