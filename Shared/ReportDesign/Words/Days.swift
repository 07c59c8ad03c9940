import DomainModel
import Foundation

extension CalendarDay {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    var monthName: String { Self.months[month - 1] }

    /// `19 October 2026`.
    var long: String { "\(day) \(monthName) \(year)" }
    /// `19 October`.
    var medium: String { "\(day) \(monthName)" }
    /// `19 Oct`.
    var short: String { "\(day) \(monthName.prefix(3))" }
    /// `19 Oct 2026`.
    var shortWithYear: String { "\(short) \(year)" }
}

extension ReportPeriod {
    /// `1 to 31 October 2026`, `26 October to 1 November 2026`.
    var days: String {
        if start.calendarMonth == end.calendarMonth { return "\(start.day) to \(end.long)" }
        return start.year == end.year ? "\(start.medium) to \(end.long)" : "\(start.long) to \(end.long)"
    }

    /// What it is called: `October 2026`, `26 October to 1 November 2026`, `July to September 2026`.
    var name: String {
        switch type {
        case .weekly: days
        case .monthly: "\(start.monthName) \(start.year)"
        case .quarterly: "\(start.monthName) to \(end.monthName) \(end.year)"
        }
    }

    /// What changes are told against, after "on": `September`, `the week before`.
    var short: String {
        switch type {
        case .weekly: "week before"
        case .monthly: start.monthName
        case .quarterly: "Q\((start.month + 2) / 3)"
        }
    }

    /// In a sentence: `in October`, `in the week`.
    var within: String {
        switch type {
        case .weekly: "in the week"
        case .monthly: "in \(start.monthName)"
        case .quarterly: "in the quarter"
        }
    }

    /// The one before, in a sentence after "than": `in September`, `the week before`.
    var withinBefore: String {
        switch type {
        case .weekly: "the week before"
        case .monthly: "in \(previous.start.monthName)"
        case .quarterly: "the quarter before"
        }
    }

    var kind: String {
        switch type {
        case .weekly: "Weekly report"
        case .monthly: "Monthly report"
        case .quarterly: "Quarterly report"
        }
    }
}

extension Date {
    /// `1 Nov 2026, 04:10`, in a zone.
    func minute(in zone: String) -> String {
        let zone = TimeZone(identifier: zone) ?? .gmt
        let day = CalendarDay(of: self, in: zone)
        let seconds = Int(timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: self)
        let minute = (seconds % 86_400 + 86_400) % 86_400 / 60
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day.shortWithYear), \(two(minute / 60)):\(two(minute % 60))"
    }
}
