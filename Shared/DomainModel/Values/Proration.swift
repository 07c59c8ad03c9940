/// The part of a calendar month that a service runs for, in whole days of the *full* month (spec 9.4).
///
/// Price and article quota are cut by the same fraction, so that a late start cannot buy a full quota for a day's price.
public struct Proration: Hashable, Sendable {
    /// The full month.
    public let month: CalendarMonth
    /// The first day of service.
    public let from: CalendarDay
    /// The first day no longer served.
    public let to: CalendarDay

    /// The service from one day of a month up to another, exclusive; days outside of the month are cut off.
    public init(of month: CalendarMonth, from: CalendarDay, to: CalendarDay) {
        let end = month.next.firstDay
        let from = min(max(from, month.firstDay), end)
        self.month = month
        self.from = from
        self.to = min(max(to, from), end)
    }

    /// The service from a day of its month to the month's end.
    public init(startingOn day: CalendarDay) {
        self.init(of: day.calendarMonth, from: day, to: day.calendarMonth.next.firstDay)
    }

    /// The whole month.
    public init(full month: CalendarMonth) {
        self.init(of: month, from: month.firstDay, to: month.next.firstDay)
    }

    /// Days of service.
    public var days: Int { from.days(until: to) }

    /// The last day of service, inclusive; `from` itself when there is none.
    public var lastDay: CalendarDay { days > 0 ? to.adding(days: -1) : from }

    /// Whether every day of the month is served.
    public var isFull: Bool { days == month.numberOfDays }

    /// Days of service over days of the month.
    public var fraction: Fraction { Fraction(Int64(days), Int64(month.numberOfDays)) ?? .zero }

    /// The month's price cut to the days of service, rounded half-even, once.
    public func price(_ monthly: Money) throws(MoneyError) -> Money {
        try monthly.scaled(by: fraction)
    }

    /// The month's article quota cut by the same fraction, to the nearest article, half-even.
    public func quota(_ monthly: Int) -> Int {
        fraction.of(monthly)
    }

    /// The days that are left unused when the service ends on a day within this part: what a credit note covers.
    public func unused(from day: CalendarDay) -> Proration {
        Proration(of: month, from: max(day, from), to: to)
    }
}
