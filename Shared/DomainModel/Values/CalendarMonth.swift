/// A month of the calendar, the unit in which the service is sold.
public struct CalendarMonth: Hashable, Sendable, Comparable {
    /// The year, 1 to 9999.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int

    /// Makes an existing month.
    public init?(year: Int, month: Int) {
        guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
        self.init(known: year, month)
    }

    init(known year: Int, _ month: Int) {
        self.year = year
        self.month = month
    }

    /// Its 1st.
    public var firstDay: CalendarDay { CalendarDay(known: year, month, 1) }

    /// 28 to 31.
    public var numberOfDays: Int { CalendarDay.daysIn(month: month, of: year) }

    /// Its last day.
    public var lastDay: CalendarDay { CalendarDay(known: year, month, numberOfDays) }

    /// The month after.
    public var next: CalendarMonth { adding(months: 1) }

    /// The month before.
    public var previous: CalendarMonth { adding(months: -1) }

    /// Some months later, or earlier.
    public func adding(months: Int) -> CalendarMonth {
        let index = year * 12 + month - 1 + months
        let year = index >= 0 ? index / 12 : (index - 11) / 12
        return CalendarMonth(known: year, index - year * 12 + 1)
    }

    /// Whether a day lies in it.
    public func contains(_ day: CalendarDay) -> Bool { day.calendarMonth == self }

    /// Earlier before later.
    public static func < (left: CalendarMonth, right: CalendarMonth) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }
}

extension CalendarMonth: CustomStringConvertible {
    /// `2026-09`.
    public var description: String {
        let digits = String(year)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + (month < 10 ? "-0" : "-")
            + String(month)
    }
}

extension CalendarMonth: Codable {
    /// Reads `"2026-09"`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let day = CalendarDay(try container.decode(String.self) + "-01") else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a month such as 2026-09")
        }
        self = day.calendarMonth
    }

    /// Writes `"2026-09"`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
