import Foundation

/// The schedules of one worker with their expressions read: when each is due.
struct ScheduleCalendar: Sendable {
    struct Entry: Sendable {
        let name: String
        let cron: String
        /// `*` for a schedule that runs in each account's zone.
        let templateZone: String
        let expression: CronExpression
        let job: @Sendable (String, Date) -> NewJob
    }

    /// A row that this binary cannot plan: an unknown zone, an expression without a due time.
    struct Unplannable: Error, CustomStringConvertible {
        let description: String
    }

    let entries: [Entry]
    private let byName: [String: Entry]

    var isEmpty: Bool { entries.isEmpty }
    var needsZones: Bool { entries.contains { $0.templateZone == "*" } }

    /// Reads the schedules; throws a sentence about the first that is wrong.
    init(_ schedules: [Schedule]) throws {
        var entries: [Entry] = []
        for schedule in schedules {
            let expression: CronExpression
            do {
                expression = try CronExpression(schedule.cron)
            } catch {
                throw Unplannable(description: "schedule \(schedule.name): \(error)")
            }
            var zone = "*"
            if case .fixed(let name) = schedule.zone {
                guard TimeZone(identifier: name) != nil else {
                    throw Unplannable(description: "schedule \(schedule.name): \(name) is no time zone")
                }
                zone = name
            }
            entries.append(
                Entry(
                    name: schedule.name,
                    cron: schedule.cron,
                    templateZone: zone,
                    expression: expression,
                    job: schedule.job
                )
            )
        }
        self.entries = entries
        byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
    }

    func next(of name: String, after instant: Date, zone: String) throws -> Date {
        guard let next = try expression(name).next(after: instant, in: timeZone(zone)) else {
            throw Unplannable(description: "schedule \(name) in \(zone) is never due")
        }
        return next
    }

    func latest(of name: String, atOrBefore now: Date, zone: String, notBefore dueAt: Date) throws -> Date {
        max(try expression(name).previous(atOrBefore: now, in: timeZone(zone)) ?? dueAt, dueAt)
    }

    func job(of name: String, zone: String, dueAt: Date) throws -> NewJob { try entry(name).job(zone, dueAt) }

    private func expression(_ name: String) throws -> CronExpression { try entry(name).expression }

    private func entry(_ name: String) throws -> Entry {
        guard let entry = byName[name] else { throw Unplannable(description: "no schedule named \(name) here") }
        return entry
    }

    private func timeZone(_ name: String) throws -> TimeZone {
        guard let zone = TimeZone(identifier: name) else { throw Unplannable(description: "\(name) is no time zone") }
        return zone
    }
}
