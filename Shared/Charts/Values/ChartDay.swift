/// A day of the Gregorian calendar by its number, without a time or a zone.
public struct ChartDay: Hashable, Comparable, Sendable {
    /// Days after 1970-01-01.
    public let daysSinceEpoch: Int

    /// - Parameter daysSinceEpoch: days after 1970-01-01.
    public init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

    /// The day of a year, a month from 1 and a day from 1 (days-from-civil).
    public init(_ year: Int, _ month: Int, _ day: Int) {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSinceEpoch = era * 146_097 + dayOfEra - 719_468
    }

    /// Earlier before later.
    public static func < (left: ChartDay, right: ChartDay) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

    /// Year, month and day of the month (civil-from-days).
    var civil: (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// 0 for Monday to 6 for Sunday. 1970-01-01 was a Thursday.
    var weekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 }

    /// `3 Aug`, or `3 Aug 2026`.
    func text(withYear: Bool) -> String {
        let (year, month, day) = civil
        return "\(day) \(Self.months[month - 1])" + (withYear ? " \(year)" : "")
    }

    /// `Aug`, or `Aug 2026`.
    func monthText(withYear: Bool) -> String {
        let (year, month, _) = civil
        return Self.months[month - 1] + (withYear ? " \(year)" : "")
    }

    /// `3 Aug to 26 Oct 2026`.
    static func range(_ first: ChartDay, _ last: ChartDay) -> String {
        if first == last { return first.text(withYear: true) }
        return first.text(withYear: first.civil.year != last.civil.year) + " to " + last.text(withYear: true)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
