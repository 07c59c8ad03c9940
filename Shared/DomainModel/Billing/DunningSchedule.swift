/// When a failed charge is tried again, and when it ends (spec 9.8). Days count from the first attempt, day 0.
public struct DunningSchedule: Hashable, Sendable {
    /// The days on which an attempt is made, the first being 0.
    public let days: [Int]

    /// Days 0, 1, 3, 5, 7, 10, 12 and 14.
    public static let standard = DunningSchedule(days: [0, 1, 3, 5, 7, 10, 12, 14])

    private init(days: [Int]) {
        self.days = days
    }

    /// What follows a failed attempt.
    public enum Next: Hashable, Sendable {
        /// Try again on that day, in the account's zone.
        case retry(on: CalendarDay)
        /// Nothing is tried; the client is asked to act until this day, when the service is paused.
        case askClient(until: CalendarDay)
        /// The schedule is used up: pause the service, flag, leave the rest to staff.
        case pauseService
    }

    /// The day the service is paused if nothing has been paid.
    public func lastDay(from firstAttempt: CalendarDay) -> CalendarDay {
        firstAttempt.adding(days: days.last ?? 0)
    }

    /// What follows an attempt that failed today. Attempts made on other days than planned, such as those a new method
    /// triggers at once, change nothing: the next planned day after today counts.
    public func next(
        after decline: Decline.Severity,
        firstAttempt: CalendarDay,
        today: CalendarDay
    ) -> Next {
        let elapsed = firstAttempt.days(until: today)
        guard let day = days.first(where: { $0 > elapsed }) else { return .pauseService }
        switch decline {
        case .soft: return .retry(on: firstAttempt.adding(days: day))
        case .hard: return .askClient(until: lastDay(from: firstAttempt))
        }
    }
}
