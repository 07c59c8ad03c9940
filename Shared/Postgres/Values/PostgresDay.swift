/// A `date`: a day of the Gregorian calendar, without a time zone.
public struct PostgresDay: Hashable, Sendable {
    /// The year, 1 and later.
    public var year: Int

    /// 1…12.
    public var month: Int

    /// 1…31.
    public var day: Int

    /// A day that the caller knows to exist; the 31st of April would be sent as the 1st of May.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that is `days` after 1 January 2000, the server's day zero.
    init(daysSince2000 days: Int) {
        // Howard Hinnant's civil_from_days; its eras are 400 years that begin with 1 March.
        let shifted = days + 10_957 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days after 1 January 2000.
    var daysSince2000: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468 - 10_957
    }
}

extension PostgresDay: Comparable, CustomStringConvertible {
    /// Calendar order.
    public static func < (one: PostgresDay, other: PostgresDay) -> Bool {
        (one.year, one.month, one.day) < (other.year, other.month, other.day)
    }

    /// `2026-09-17`.
    public var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

extension PostgresDay: PostgresCodable {
    /// `date`.
    public static var postgresType: PostgresType { .date }

    /// Appends the days since 2000.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int32(clamping: daysSince2000)) }

    /// `2026-09-17`.
    public var postgresText: String { description }

    /// Reads `date`; `infinity` is a mismatch.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> PostgresDay {
        guard cell.type == .date else { throw .unexpected(cell.type, as: PostgresDay.self) }
        let days = try cell.integer(Int32.self)
        guard days != .max, days != .min else { throw PostgresMismatch("the date is infinite") }
        return PostgresDay(daysSince2000: Int(days))
    }
}

/// `number` with zeros before it up to `width` digits.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
