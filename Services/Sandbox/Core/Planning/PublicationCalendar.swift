import DomainModel
import Foundation

/// When a written article goes out: in the morning of the day it is due, in the client's zone.
enum PublicationCalendar {
    /// Business hours begin at nine; an article that is due at noon goes out by then.
    private static let opening = 9
    private static let closing = 17
    private static let minutesOfMorning: UInt64 = 170
    /// Between articles that are late and go out one after the other.
    private static let gap = 7.0 * 60

    /// - Parameters:
    ///   - late: how many late articles go out before this one.
    static func moment(
        dueAt: Date,
        in zone: TimeZone,
        now: Date,
        late: Int,
        dice: inout SplitMix64
    ) -> (moment: Date, isLate: Bool) {
        let day = CalendarDay(of: dueAt, in: zone)
        let minutes = Int(dice.below(minutesOfMorning))
        let planned = day.moment(hour: opening + minutes / 60, minute: minutes % 60, in: zone)
        if planned > now { return (planned, false) }
        let wanted = nextOpening(after: now, in: zone).addingTimeInterval(gap * Double(late + 1))
        return (wanted, true)
    }

    /// Now, within business hours; else the next morning.
    private static func nextOpening(after now: Date, in zone: TimeZone) -> Date {
        let today = CalendarDay(of: now, in: zone)
        let opens = today.moment(hour: opening, in: zone)
        if now < opens { return opens }
        if now < today.moment(hour: closing, in: zone) { return now }
        return today.adding(days: 1).moment(hour: opening, in: zone)
    }
}
