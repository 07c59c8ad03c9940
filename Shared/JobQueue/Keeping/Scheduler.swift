import Foundation
import Logging
import Postgres

/// Sets off the jobs of the calendar, in business time. Each due time once: the schedule's row is moved on by
/// compare-and-set in the same transaction as the job's INSERT.
struct Scheduler: Sendable {
    let worker: WorkerIdentity
    let calendar: ScheduleCalendar
    let zones: @Sendable () async throws -> [String]
    let database: QueueDatabase
    let producer: JobProducer
    let failpoints: Failpoints
    let logger: Logger
    /// Rung when the business clock was moved or a zone appeared.
    let stirred: Wakeup

    private static let idle: Duration = .seconds(1)
    /// Zones come with their accounts by a trigger; asking for them is the second way.
    private static let zoneTick: Duration = .seconds(30)

    /// Runs until the task is cancelled.
    func run(_ lease: Lease) async {
        guard !calendar.isEmpty else { return await sleepUntilCancelled() }
        var isPlanned = false
        var zonesAskedAt: Instant?
        while !Task.isCancelled {
            do {
                if !isPlanned {
                    try await plan(lease)
                    isPlanned = true
                }
                if calendar.needsZones, zonesAskedAt.map({ $0.duration(to: .now) >= Self.zoneTick }) ?? true {
                    try await noteZones(lease)
                    zonesAskedAt = .now
                }
                try await round(lease)
            } catch {
                if Task.isCancelled { return }
                logger.warning("scheduler failed", metadata: ["error": "\(error)"])
            }
            await stirred.wait(upTo: Self.idle)
        }
    }

    /// Brings the rows in line with the schedules of this binary. A changed expression begins anew, from now.
    private func plan(_ lease: Lease) async throws {
        let rows = calendar.entries
        try await database.batch([
            """
            delete from igny8_schedules s
            where queue = \(worker.queue) and not exists (
                select from unnest(\(rows.map(\.name))::text[], \(rows.map(\.templateZone))::text[]) as g (name, zone)
                where g.name = s.name and (g.zone = s.zone or g.zone = '*'))
              and \(fragment: lease.holds)
            """,
            """
            insert into igny8_schedules (name, zone, queue, spec)
            select name, zone, \(worker.queue), spec
            from unnest(\(rows.map(\.name))::text[], \(rows.map(\.templateZone))::text[], \(rows.map(\.cron))::text[])
                as g (name, zone, spec)
            where \(fragment: lease.holds)
            on conflict do nothing
            """,
            """
            update igny8_schedules s set spec = g.spec, next_at = null, known_since = igny8_now(),
                   queue = \(worker.queue)
            from unnest(\(rows.map(\.name))::text[], \(rows.map(\.cron))::text[]) as g (name, spec)
            where s.name = g.name and (s.spec <> g.spec or s.queue <> \(worker.queue))
              and \(fragment: lease.holds)
            """,
        ])
    }

    private func noteZones(_ lease: Lease) async throws {
        let zones = try await zones()
        guard !zones.isEmpty else { return }
        try await database.query(
            """
            insert into igny8_schedules (name, zone, queue, spec)
            select t.name, z, t.queue, t.spec
            from igny8_schedules t cross join unnest(\(zones)::text[]) z
            where t.queue = \(worker.queue) and t.zone = '*' and \(fragment: lease.holds)
            on conflict do nothing
            """
        )
    }

    private func round(_ lease: Lease) async throws {
        let rows = try await database.query(
            """
            select name, zone, next_at, known_since, igny8_now() as now
            from igny8_schedules
            where queue = \(worker.queue) and zone <> '*' and (next_at is null or next_at <= (select igny8_now()))
            order by next_at, name, zone
            """
        )
        for row in rows {
            let name: String = try row.decode("name")
            let zone: String = try row.decode("zone")
            let now: Date = try row.decode("now")
            do {
                if let dueAt = try row.decode("next_at", as: Date?.self) {
                    try await fire(name, zone, dueAt: dueAt, now: now, lease)
                } else {
                    let first = try calendar.next(of: name, after: try row.decode("known_since"), zone: zone)
                    try await database.query(
                        """
                        update igny8_schedules set next_at = \(first)
                        where name = \(name) and zone = \(zone) and next_at is null and \(fragment: lease.holds)
                        """
                    )
                    // It may be due already.
                    if first <= now { stirred.ring() }
                }
            } catch let error as ScheduleCalendar.Unplannable {
                logger.error("a schedule cannot be planned", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Due times missed meanwhile are caught up once, with the latest of them.
    private func fire(_ name: String, _ zone: String, dueAt: Date, now: Date, _ lease: Lease) async throws {
        let latest = try calendar.latest(of: name, atOrBefore: now, zone: zone, notBefore: dueAt)
        let next = try calendar.next(of: name, after: now, zone: zone)
        let job = try calendar.job(of: name, zone: zone, dueAt: latest)
        try await failpoints.reach(.beforeFire)
        let hasFired = try await database.transaction { transaction in
            let moved = try await transaction.query(
                """
                update igny8_schedules set last_at = \(latest), next_at = \(next)
                where name = \(name) and zone = \(zone) and next_at = \(dueAt) and \(fragment: lease.holds)
                """
            ).affected
            guard moved == 1 else { return false }
            try await producer.enqueue(job, in: transaction)
            try await failpoints.reach(.firedBeforeCommit)
            return true
        }
        if hasFired {
            logger.info(
                "schedule set off",
                metadata: ["schedule": "\(name)", "zone": "\(zone)", "due": "\(latest.ISO8601Format())"]
            )
        }
    }

    private func sleepUntilCancelled() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }
}
