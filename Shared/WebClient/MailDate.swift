import FoundationEssentials

/// RFC 5322, 3.3, in UTC: `Fri, 21 Nov 1997 09:55:06 +0000`.
enum MailDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    /// 1970-01-01 was a Thursday.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    static func text(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let second = seconds - days * 86_400
        let day = CivilDay.date(days)
        let weekday = weekdays[((days % 7) + 7) % 7]
        let time = [second / 3_600, second / 60 % 60, second % 60].map(two).joined(separator: ":")
        return "\(weekday), \(day.day) \(months[day.month - 1]) \(day.year) \(time) +0000"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
