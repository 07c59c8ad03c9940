/// A cron expression of five fields: minute, hour, day of month, month, day of week.
///
/// Each field is `*`, a number, a range `a-b`, a step `*/n` or `a-b/n`, a name (`jan`, `mon`), or a list of these with
/// commas. Sunday is 0 and 7. Where day of month and day of week are both restricted, either is enough, as in cron.
public struct CronExpression: Hashable, Sendable {
    let minutes: [Int]
    let hours: [Int]
    let days: Set<Int>
    let months: Set<Int>
    let weekdays: Set<Int>
    let anyHour: Bool
    let anyDay: Bool
    let anyWeekday: Bool

    /// Why a text is no cron expression.
    public struct Unreadable: Error, Hashable, Sendable, CustomStringConvertible {
        /// A sentence that names the field and the text.
        public let description: String
    }

    /// Reads `text`.
    public init(_ text: String) throws(Unreadable) {
        let fields = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard fields.count == 5 else {
            throw Unreadable(description: "cron \"\(text)\" has \(fields.count) fields, not 5")
        }
        minutes = try CronField.minute.read(fields[0]).sorted()
        hours = try CronField.hour.read(fields[1]).sorted()
        days = try CronField.day.read(fields[2])
        months = try CronField.month.read(fields[3])
        weekdays = Set(try CronField.weekday.read(fields[4]).map { $0 % 7 })
        anyHour = fields[1].hasPrefix("*")
        anyDay = fields[2].hasPrefix("*")
        anyWeekday = fields[4].hasPrefix("*")
        let longestMonth = months.map { CivilDay.lengthOfLongest(month: $0) }.max() ?? 31
        guard !anyWeekday || days.contains(where: { $0 <= longestMonth }) else {
            throw Unreadable(description: "cron \"\(text)\" names a day that no such month has")
        }
    }

    func matches(_ day: CivilDay) -> Bool {
        guard months.contains(day.month) else { return false }
        let byDay = days.contains(day.day)
        let byWeekday = weekdays.contains(day.weekday)
        return anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday
    }
}
