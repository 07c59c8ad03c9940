/// The days one report covers, both included, in the account's zone: a week from Monday to Sunday, a calendar month, or
/// a quarter of the calendar.
public struct ReportPeriod: Hashable, Sendable {
    /// Which kind of time it is.
    public let type: ReportType
    /// The first day.
    public let start: CalendarDay
    /// The last day.
    public let end: CalendarDay

    /// The period of a kind that a day lies in.
    public init(_ type: ReportType, containing day: CalendarDay) {
        self.type = type
        switch type {
        case .weekly:
            start = day.adding(days: 1 - day.weekday)
            end = start.adding(days: 6)
        case .monthly:
            start = day.calendarMonth.firstDay
            end = day.calendarMonth.lastDay
        case .quarterly:
            let first = day.calendarMonth.adding(months: -((day.month - 1) % 3))
            start = first.firstDay
            end = first.adding(months: 2).lastDay
        }
    }

    /// The last period of a kind that was over when a day began: what is reported on that day.
    public init(_ type: ReportType, endedBefore day: CalendarDay) {
        self = ReportPeriod(type, containing: ReportPeriod(type, containing: day).start.adding(days: -1))
    }

    /// The period before: what this one is compared with.
    public var previous: ReportPeriod { ReportPeriod(type, containing: start.adding(days: -1)) }

    /// The same days a year before: 52 weeks earlier for a week, so that weekdays meet; the same months otherwise.
    public var yearBefore: ReportPeriod {
        switch type {
        case .weekly: ReportPeriod(.weekly, containing: start.adding(days: -364))
        case .monthly, .quarterly: ReportPeriod(type, containing: start.calendarMonth.adding(months: -12).firstDay)
        }
    }

    /// How many days it has.
    public var numberOfDays: Int { start.days(until: end) + 1 }

    /// Whether a day lies in it.
    public func contains(_ day: CalendarDay) -> Bool { start <= day && day <= end }
}

extension ReportPeriod: Codable {
    private enum CodingKeys: String, CodingKey { case type, start, end }

    /// Reads `{"type": "weekly", "start": "2026-10-26", "end": "2026-11-01"}`; the days must be a period of the type.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let period = ReportPeriod(
            try container.decode(ReportType.self, forKey: .type),
            containing: try container.decode(CalendarDay.self, forKey: .start)
        )
        let days = (
            try container.decode(CalendarDay.self, forKey: .start), try container.decode(CalendarDay.self, forKey: .end)
        )
        guard days == (period.start, period.end) else {
            throw DecodingError.dataCorruptedError(
                forKey: .end,
                in: container,
                debugDescription: "expected the days of one \(period.type.rawValue) period"
            )
        }
        self = period
    }

    /// Writes its kind and its first and last day.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(start, forKey: .start)
        try container.encode(end, forKey: .end)
    }
}
