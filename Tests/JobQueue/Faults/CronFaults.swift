import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

extension JobQueueTests {
    /// Row 28 of the failure table.
    @Suite(.serialized) struct CronFaults {
        @Test("fault 28: two schedulers that overlap set a due time off once")
        func overlap() async throws {
            try await Shop.open { shop in
                let start = Date(timeIntervalSince1970: 1_789_632_000)  // 2026-09-17T08:00:00Z
                _ = try await shop.query("update igny8_business_clock set frozen_at = \(start)")
                let daily = Schedule(name: "daily-\(shop.queue)", cron: "0 9 * * *", zone: .fixed("UTC")) { _, _ in
                    shop.job(9)
                }
                try await shop.withWire { wire, database in
                    let trap = Trap()
                    let old = shop.worker(
                        Work { _, _ in shop.journal.write("old") },
                        schedules: [daily],
                        database: database,
                        configuration: Shop.brief,
                        failpoints: Failpoints([
                            .beforeFire: trap.spring, .firedBeforeCommit: { shop.journal.write("fired late") },
                        ])
                    )
                    let life = Task { try await old.run() }
                    try await shop.until {
                        try await !shop.query("select from igny8_schedules where next_at is not null").isEmpty
                    }
                    _ = try await shop.query("update igny8_business_clock set frozen_at = \(start + 3600)")
                    await trap.caught()
                    wire.hold(.requests, .answers)
                    let heir = shop.worker(
                        Work { _, _ in shop.journal.write("new") },
                        schedules: [daily],
                        configuration: Shop.brief
                    )
                    try await shop.with(heir) {
                        await shop.journal.wait(for: "new")
                        try await shop.until {
                            try await !shop.query("select from igny8_workers where state = 'dead'").isEmpty
                        }
                        trap.release()
                        wire.mend()
                        // Its transaction has been answered when it has heard that it is dead, and lives again.
                        try await shop.until { try await shop.query("select from igny8_workers").count == 3 }
                        try await shop.untilEmpty()
                    }
                    life.cancel()
                    try await life.value
                }
                #expect(shop.journal.entries == ["new"])
                #expect(try await shop.query("select from igny8_job_history").count == 1)
            }
        }
    }
}
