import Foundation
import JobQueue
import Postgres
import Testing

extension JobQueueTests {
    /// The calendar, in business time that the test moves.
    @Suite struct ScheduleTests {
        private let start = Date(timeIntervalSince1970: 1_789_632_000)  // 2026-09-17T08:00:00Z

        private func daily(_ shop: Shop, _ zone: Schedule.Zone = .fixed("UTC")) -> Schedule {
            Schedule(name: "daily-\(shop.queue)", cron: "0 6 * * *", zone: zone) { [queue = shop.queue] zone, dueAt in
                NewJob(
                    queue: queue,
                    task: Work.name,
                    account: nil,
                    payload: Work.Payload(word: "\(zone) \(dueAt.ISO8601Format())")
                )
            }
        }

        private func move(_ shop: Shop, to moment: Date) async throws {
            _ = try await shop.query("update igny8_business_clock set frozen_at = \(moment)")
        }

        /// As a simulation does: until nothing is left to do at this moment.
        private func settle(_ shop: Shop) async throws -> Quiet {
            var quiet = try await shop.asSystem { try await JobStore.quiet(in: $0) }
            while !quiet.isQuiet {
                try Task.checkCancellation()
                quiet = try await shop.asSystem { try await JobStore.quiet(in: $0) }
            }
            return quiet
        }

        @Test("a due time sets off one job, however many workers there are, and a jump is caught up once")
        func onceForTwoWorkers() async throws {
            try await Shop.open { shop in
                try await move(shop, to: start)
                let work = Work { payload, _ in shop.journal.write(payload.word) }
                try await shop.with(
                    shop.worker(work, schedules: [daily(shop)]),
                    shop.worker(work, schedules: [daily(shop)])
                ) {
                    try await shop.until { try await !shop.query("select from igny8_schedules").isEmpty }
                    var quiet = try await settle(shop)
                    #expect(quiet.next == start + 22 * 3600)
                    for _ in 0..<3 {
                        try await move(shop, to: quiet.next ?? start)
                        quiet = try await settle(shop)
                    }
                    #expect(
                        shop.journal.entries == ["18", "19", "20"].map { "UTC 2026-09-\($0)T06:00:00Z" }
                    )
                    // Ten days in which nobody worked.
                    try await move(shop, to: start + 13 * 86_400)
                    quiet = try await settle(shop)
                    #expect(shop.journal.entries.count == 4)
                    #expect(shop.journal.entries.last == "UTC 2026-09-30T06:00:00Z")
                    let status = try await shop.asSystem { try await JobStore.queueStatus(in: $0) }.first
                    #expect(status?.schedules.first?.lastAt == start + (12 * 24 + 22) * 3600)
                }
            }
        }

        @Test("due times missed while no worker ran are caught up once when one comes")
        func afterDowntime() async throws {
            try await Shop.open { shop in
                try await move(shop, to: start)
                let work = Work { payload, _ in shop.journal.write(payload.word) }
                try await shop.with(shop.worker(work, schedules: [daily(shop)])) {
                    try await shop.until {
                        try await !shop.query("select from igny8_schedules where next_at is not null").isEmpty
                    }
                }
                try await move(shop, to: start + 5 * 86_400)
                try await shop.with(shop.worker(work, schedules: [daily(shop)])) {
                    _ = try await settle(shop)
                }
                #expect(shop.journal.entries == ["UTC 2026-09-22T06:00:00Z"])
            }
        }

        @Test("each zone that accounts live in has its own due time, from the account's own transaction on")
        func perAccountZone() async throws {
            try await Shop.open { shop in
                try await move(shop, to: start)
                let work = Work { payload, _ in shop.journal.write(payload.word) }
                let worker = shop.worker(work, schedules: [daily(shop, .perAccountZone)], zones: { ["Asia/Tokyo"] })
                try await shop.with(worker) {
                    try await shop.until { try await shop.query("select from igny8_schedules").count == 2 }
                    _ = try await shop.query(
                        """
                        insert into igny8_accounts (name, plan_id, time_zone, billing_email)
                        select 'Aterna', min(id), 'America/Toronto', 'a@example.org' from igny8_plans
                        """
                    )
                    // The account's zone is not planned yet; the simulation waits for that.
                    var quiet = try await settle(shop)
                    for _ in 0..<3 {
                        try await move(shop, to: quiet.next ?? start)
                        quiet = try await settle(shop)
                    }
                }
                #expect(
                    shop.journal.entries == [
                        "America/Toronto 2026-09-17T10:00:00Z", "Asia/Tokyo 2026-09-17T21:00:00Z",
                        "America/Toronto 2026-09-18T10:00:00Z",
                    ]
                )
            }
        }

        @Test("a hundred steps of the clock take little more than the work itself")
        func manySteps() async throws {
            try await Shop.open { shop in
                try await move(shop, to: start)
                let work = Work { payload, _ in shop.journal.write(payload.word) }
                try await shop.with(shop.worker(work, schedules: [daily(shop)])) {
                    try await shop.until { try await !shop.query("select from igny8_schedules").isEmpty }
                    var quiet = try await settle(shop)
                    let before = ContinuousClock.now
                    for _ in 0..<100 {
                        try await move(shop, to: quiet.next ?? start)
                        quiet = try await settle(shop)
                    }
                    let each = before.duration(to: .now) / 100
                    #expect(each < .milliseconds(300), "a step waited for a poll: \(each)")
                }
                #expect(Set(shop.journal.entries).count == 100)
            }
        }

        @Test("a schedule that cannot be read stops the worker with a sentence")
        func unreadable() async throws {
            try await Shop.open { shop in
                let schedule = Schedule(name: "odd", cron: "every day", zone: .fixed("UTC")) { _, _ in shop.job() }
                let worker = shop.worker(Work { _, _ in }, schedules: [schedule])
                await #expect(throws: (any Error).self) { try await worker.run() }
            }
        }
    }
}
