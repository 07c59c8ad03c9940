import Foundation
import Testing

@testable import JobQueue

extension JobQueueTests {
    @Suite struct CronExpressionTests {
        private func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name)) }

        private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

        @Test(
            "the next due time follows the clock on the wall",
            arguments: [
                ("0 0 1 * *", "UTC", "2026-09-17T08:00:00Z", "2026-10-01T00:00:00Z"),
                ("0 0 1 * *", "Africa/Johannesburg", "2026-09-17T08:00:00Z", "2026-09-30T22:00:00Z"),
                ("0 6 * * mon", "America/Toronto", "2026-09-17T08:00:00Z", "2026-09-21T10:00:00Z"),
                ("*/15 * * * *", "UTC", "2026-09-17T08:00:00Z", "2026-09-17T08:15:00Z"),
                ("30 9-17/4 * * 1-5", "UTC", "2026-09-18T14:00:00Z", "2026-09-18T17:30:00Z"),
                ("0 0 29 2 *", "UTC", "2026-09-17T08:00:00Z", "2028-02-29T00:00:00Z"),
                ("0 12 13 * fri", "UTC", "2026-09-17T08:00:00Z", "2026-09-18T12:00:00Z"),
                ("0 0 * * 7", "UTC", "2026-09-17T08:00:00Z", "2026-09-20T00:00:00Z"),
                ("0 0 1 jan,jul *", "Asia/Kolkata", "2026-09-17T08:00:00Z", "2026-12-31T18:30:00Z"),
                ("59 23 31 12 *", "Pacific/Kiritimati", "2026-09-17T08:00:00Z", "2026-12-31T09:59:00Z"),
            ]
        )
        func nextFollowsTheWall(cron: String, zoneName: String, after: String, due: String) throws {
            let next = try CronExpression(cron).next(after: date(after), in: zone(zoneName))
            #expect(next == (try date(due)))
        }

        @Test("a due time that the clock jumps over is due at the jump")
        func springForward() throws {
            // London, 29 March 2026: 01:00 becomes 02:00.
            let next = try CronExpression("30 1 * * *").next(
                after: date("2026-03-28T12:00:00Z"),
                in: zone("Europe/London")
            )
            #expect(next == (try date("2026-03-29T01:00:00Z")))
            let later = try CronExpression("30 1 * * *").next(
                after: date("2026-03-29T01:00:00Z"),
                in: zone("Europe/London")
            )
            #expect(later == (try date("2026-03-30T00:30:00Z")))
        }

        @Test("a due time that comes twice when the clock is put back is due the first time only")
        func fallBack() throws {
            // London, 25 October 2026: 02:00 becomes 01:00.
            let cron = try CronExpression("30 1 * * *")
            let first = try cron.next(after: date("2026-10-24T12:00:00Z"), in: zone("Europe/London"))
            #expect(first == (try date("2026-10-25T00:30:00Z")))
            let second = try cron.next(after: date("2026-10-25T00:30:00Z"), in: zone("Europe/London"))
            #expect(second == (try date("2026-10-26T01:30:00Z")))
        }

        @Test("a schedule of every hour runs in both of the two same hours")
        func everyHourInBoth() throws {
            let cron = try CronExpression("30 * * * *")
            let first = try cron.next(after: date("2026-10-25T00:30:00Z"), in: zone("Europe/London"))
            #expect(first == (try date("2026-10-25T01:30:00Z")))
        }

        @Test("half an hour's change of the clock is met too")
        func lordHowe() throws {
            // Lord Howe, 4 October 2026: 02:00 becomes 02:30.
            let cron = try CronExpression("15 2 * * *")
            let next = try cron.next(after: date("2026-10-03T12:00:00Z"), in: zone("Australia/Lord_Howe"))
            #expect(next == (try date("2026-10-03T15:30:00Z")))
        }

        @Test("the last due time before a moment is the one whose next lies after it")
        func previousAgreesWithNext() throws {
            var generator = SystemRandomNumberGenerator()
            for cron in ["0 0 1 * *", "0 6 * * mon", "*/20 * * * *", "30 1 * * *"] {
                let expression = try CronExpression(cron)
                for name in ["UTC", "Europe/London", "America/St_Johns", "Australia/Lord_Howe"] {
                    for _ in 0..<20 {
                        let moment = Date(
                            timeIntervalSince1970: .random(in: 1_767_225_600...1_830_297_600, using: &generator)
                        )
                        let previous = try #require(expression.previous(atOrBefore: moment, in: zone(name)))
                        #expect(previous <= moment)
                        let next = try #require(expression.next(after: previous, in: zone(name)))
                        #expect(next > moment, "\(cron) in \(name) at \(moment)")
                    }
                }
            }
        }

        @Test(
            "what is no cron expression is refused with a sentence",
            arguments: [
                "* * * *", "60 * * * *", "a * * * *", "5-1 * * * *", "*/0 * * * *", "0 0 31 2 *", "1,,2 * * * *",
            ]
        )
        func refused(cron: String) {
            #expect(throws: CronExpression.Unreadable.self) { try CronExpression(cron) }
        }

        @Test("days are counted as the calendar does")
        func civilDays() {
            let day = CivilDay(number: 20_713)
            #expect((day.year, day.month, day.day, day.weekday) == (2026, 9, 17, 4))
            #expect(CivilDay(number: 0).weekday == 4)
            #expect(CivilDay(number: -1).year == 1969)
        }
    }
}
