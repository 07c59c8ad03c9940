public import FoundationEssentials

/// Microseconds since 1 January 2000 UTC: the server's `timestamptz`.
struct ServerTimestamp: Equatable {
    let microseconds: Int64

    private static let secondsFrom1970To2000 = 946_684_800.0

    init(microseconds: Int64) { self.microseconds = microseconds }

    init(_ date: Date) {
        let since2000 = (date.timeIntervalSince1970 - Self.secondsFrom1970To2000) * 1_000_000
        microseconds = Int64(exactly: since2000.rounded()) ?? (since2000 < 0 ? .min : .max)
    }

    var date: Date {
        switch microseconds {
        case .max: .distantFuture
        case .min: .distantPast
        default: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000 + Self.secondsFrom1970To2000)
        }
    }

    /// `2026-09-17T08:00:00.25Z`: ISO 8601, as many decimals as needed.
    var text: String {
        let day = Int(microseconds.dividedDown(by: 86_400_000_000))
        let ofDay = Int(microseconds - Int64(day) * 86_400_000_000)
        let (seconds, fraction) = ofDay.quotientAndRemainder(dividingBy: 1_000_000)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        var decimals = fraction == 0 ? "" : "." + padded(fraction, 6)
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(PostgresDay(daysSince2000: day))T\(clock)\(decimals)Z"
    }

    /// Reads ``text`` back.
    init?(text: String) {
        guard text.hasSuffix("Z") else { return nil }
        let halves = text.dropLast().split(separator: "T")
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-").compactMap { Int($0) }
        let seconds = halves[1].split(separator: ".")
        let clock = seconds.first?.split(separator: ":").compactMap { Int($0) } ?? []
        guard date.count == 3, clock.count == 3, seconds.count <= 2 else { return nil }
        let decimals = seconds.count == 2 ? seconds[1].prefix(6) : ""
        guard let fraction = Int(decimals + String(repeating: "0", count: 6 - decimals.count)) else { return nil }
        let days = Int64(PostgresDay(year: date[0], month: date[1], day: date[2]).daysSince2000)
        let ofDay = Int64(clock[0] * 3600 + clock[1] * 60 + clock[2])
        microseconds = (days * 86_400 + ofDay) * 1_000_000 + Int64(fraction)
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity.
    fileprivate func dividedDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension Date: PostgresCodable {
    /// `timestamptz`, to the microsecond.
    public static var postgresType: PostgresType { .timestamptz }

    /// Appends the microseconds since 2000.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: ServerTimestamp(self).microseconds) }

    /// ISO 8601 in UTC.
    public var postgresText: String { ServerTimestamp(self).text }

    /// Reads `timestamptz`, and `timestamp` as UTC; the infinities become `distantFuture` and `distantPast`.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> Date {
        guard cell.type == .timestamptz || cell.type == .timestamp else { throw .unexpected(cell.type, as: Date.self) }
        return ServerTimestamp(microseconds: try cell.integer(Int64.self)).date
    }
}
