import ChaosLedger
import Foundation
import Postgres
import Redis
import TestSupport

/// The two figures that are promised: how soon work goes on after FLUSHALL, and after `kill -9`.
struct Measure: Sendable {
    let stage: Stage
    let plan: Plan
    let log: FaultLog

    /// Whether both promises were kept.
    func run() async throws -> Bool {
        let flushed = try await afterFlush()
        return try await afterKill() && flushed
    }

    /// 100,000 jobs wait; the longest time without a finished job in the ten seconds after FLUSHALL.
    private func afterFlush() async throws -> Bool {
        for first in stride(from: 0, to: plan.jobs, by: 5_000) {
            try await ask((first..<min(first + 5_000, plan.jobs)).map { LedgerTask.Payload($0, .plain) })
        }
        log.note("\(plan.jobs) jobs wait")
        try await stage.hire()
        while try await count("igny8_job_history") < 500 { await Task.yield() }
        let waiting = try await count("igny8_jobs")
        let flushedAt = try await stage.database.query("select clock_timestamp() as now")[0].decode(
            "now",
            as: Date.self
        )
        try await stage.client.command(["FLUSHALL"])
        log.note("FLUSHALL with \(waiting) jobs waiting")
        while try await !stage.isEmpty() { try await Task.sleep(for: .milliseconds(200)) }
        let gap = try await seconds(
            """
            select max(extract(epoch from finished_at - before))::float8 as s from (
                select finished_at, lag(finished_at, 1, \(flushedAt)) over (order by finished_at) as before
                from igny8_job_history where finished_at > \(flushedAt)) times
            """
        )
        let balance = try await Balance.of(stage.database)
        log.note("longest time without a finished job: \(gap) s; all worked off")
        print(balance)
        return balance.isRight && gap < 2
    }

    /// Every job of a killed worker has begun again when so much time is over.
    private func afterKill() async throws -> Bool {
        let slots = plan.workers * plan.capacity
        try await ask((0..<slots).map { LedgerTask.Payload(1_000_000 + $0, .hang) })
        while try await starts("fence = 1") < slots { try await Task.sleep(for: .milliseconds(50)) }
        let name = await stage.crew.kill(0)
        let killed = ContinuousClock.now
        log.note("kill -9 of \(name) with \(plan.capacity) jobs in hand")
        let held = try await starts("fence = 1 and worker = \(name)")
        var begun = 0
        while begun < held, killed.duration(to: .now) < .seconds(120) {
            begun = try await starts("fence > 1")
            try await Task.sleep(for: .milliseconds(20))
        }
        let last = killed.duration(to: .now)
        log.note("of its \(held) jobs \(begun) began again, the last after \(last)")
        return begun == held && last < .seconds(40)
    }

    private func ask(_ parts: [LedgerTask.Payload]) async throws {
        try await stage.database.transaction(settings: Ledger.settings) { transaction in
            try await Ledger.enqueue(parts, queue: Stage.queue, by: stage.producer, in: transaction)
        }
    }

    private func count(_ table: String) async throws -> Int {
        let rows = try await stage.database.batch(
            ["select count(*) as n from \(identifier: table)"],
            settings: Ledger.settings
        )
        return try rows[0][0].decode("n")
    }

    private func starts(_ condition: SQL) async throws -> Int {
        let rows = try await stage.database.query(
            "select count(*) as n from chaos_starts where number >= 1000000 and \(fragment: condition)"
        )
        return try rows[0].decode("n")
    }

    private func seconds(_ sql: SQL) async throws -> Double {
        try await stage.database.batch([sql], settings: Ledger.settings)[0][0].decode("s")
    }
}
