public import Foundation

extension CronExpression {
    /// The first due time after `instant`, by the clock on the wall of `zone`; nil when there is none within nine years
    /// (29 February is at most eight years away).
    ///
    /// Where the clock is put forward over a due time, it is due at the moment of the change. Where it is put back, a
    /// due time of a named hour comes once, the first time; with `*` as the hour it comes in both of the two hours.
    public func next(after instant: Date, in zone: TimeZone) -> Date? {
        let start = Self.localDay(of: instant, in: zone) - 1
        for number in start...(start + Self.horizon) {
            if let due = instants(on: CivilDay(number: number), in: zone).first(where: { $0 > instant }) { return due }
        }
        return nil
    }

    /// The last due time at or before `instant`; nil when there is none within nine years.
    public func previous(atOrBefore instant: Date, in zone: TimeZone) -> Date? {
        let start = Self.localDay(of: instant, in: zone) + 1
        for number in stride(from: start, through: start - Self.horizon, by: -1) {
            if let due = instants(on: CivilDay(number: number), in: zone).last(where: { $0 <= instant }) { return due }
        }
        return nil
    }

    private static let horizon = 9 * 366

    private static func localDay(of instant: Date, in zone: TimeZone) -> Int {
        let local = instant.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: instant))
        return Int((local / 86_400).rounded(.down))
    }

    private func instants(on day: CivilDay, in zone: TimeZone) -> [Date] {
        guard matches(day) else { return [] }
        let midnight = Double(day.number) * 86_400
        // Offsets reach from -12 to +14 hours: when they agree well before and after the day, no change lies in it.
        let before = zone.secondsFromGMT(for: Date(timeIntervalSince1970: midnight - 15 * 3600))
        let after = zone.secondsFromGMT(for: Date(timeIntervalSince1970: midnight + 39 * 3600))
        var instants: [Date] = []
        for hour in hours {
            for minute in minutes {
                let local = midnight + Double(hour * 3600 + minute * 60)
                if before == after {
                    instants.append(Date(timeIntervalSince1970: local - Double(before)))
                } else {
                    instants += self.instants(ofLocal: local, offsets: (before, after), in: zone)
                }
            }
        }
        return before == after ? instants : Array(Set(instants)).sorted()
    }

    /// The moments at which the wall in `zone` shows `local` (seconds since 1970 as the wall counts them).
    private func instants(ofLocal local: Double, offsets: (Int, Int), in zone: TimeZone) -> [Date] {
        let shown = [offsets.0, offsets.1]
            .map { (offset: $0, instant: Date(timeIntervalSince1970: local - Double($0))) }
            .filter { zone.secondsFromGMT(for: $0.instant) == $0.offset }
            .map(\.instant)
            .sorted()
        if let first = shown.first { return anyHour ? shown : [first] }
        // The clock jumped over it.
        let search = Date(timeIntervalSince1970: local - Double(max(offsets.0, offsets.1)) - 3600)
        return zone.nextDaylightSavingTimeTransition(after: search).map { [$0] } ?? []
    }
}
