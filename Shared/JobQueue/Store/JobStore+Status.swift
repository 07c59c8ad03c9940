import FoundationEssentials
public import Postgres

extension JobStore {
    /// Every queue in figures, by name. Under scope `account` it counts only the account's own jobs.
    public static func queueStatus(in queries: some PostgresQuerying) async throws -> [QueueStatus] {
        let figures = try await queries.query(figures)
        return try statuses(figures, schedules: try await queries.query(schedules))
    }

    static func status(ofQueue queue: String, in database: QueueDatabase) async throws -> QueueStatus {
        let answers = try await database.batch([figures + " having q.name = \(queue)", schedules])
        guard let status = try statuses(answers[0], schedules: answers[1]).first else {
            throw PostgresError.decoding(column: "queue", reason: "no queue named \(queue)")
        }
        return status
    }

    private static var figures: SQL {
        """
        select q.name as queue, q.paused_at is not null as is_paused,
               (select coalesce(string_agg(p.task, ' ' order by p.task), '') from igny8_paused_tasks p
                where p.queue = q.name) as paused_tasks,
               count(j.id) filter (where j.state = 'pending') as pending,
               count(j.id) filter (where j.state = 'queued') as queued,
               count(j.id) filter (where j.state = 'running') as running,
               (select count(*) from igny8_dead_jobs d where d.queue = q.name) as dead,
               extract(epoch from now() - min(case when j.state = 'queued' then j.queued_at else j.enqueued_at end)
                       filter (where j.state = 'queued'
                               or j.state = 'pending' and j.held is null and j.retry_at is null))::float8 as oldest_waiting,
               (select count(*) from igny8_workers w where w.queue = q.name and w.state = 'alive') as workers,
               (select coalesce(sum(w.capacity), 0)::bigint from igny8_workers w
                where w.queue = q.name and w.state = 'alive') as capacity
        from igny8_queues q left join igny8_jobs j on j.queue = q.name
        group by q.name
        """
    }

    private static var schedules: SQL {
        "select queue, name, zone, spec, next_at, last_at from igny8_schedules where zone <> '*' order by name, zone"
    }

    private static func statuses(_ figures: PostgresRows, schedules: PostgresRows) throws -> [QueueStatus] {
        var byQueue: [String: [QueueStatus.ScheduleStatus]] = [:]
        for row in schedules {
            byQueue[try row.decode("queue"), default: []].append(
                QueueStatus.ScheduleStatus(
                    name: try row.decode("name"),
                    zone: try row.decode("zone"),
                    cron: try row.decode("spec"),
                    nextAt: try row.decode("next_at"),
                    lastAt: try row.decode("last_at")
                )
            )
        }
        return try figures.map { row in
            let queue: String = try row.decode("queue")
            return QueueStatus(
                queue: queue,
                isPaused: try row.decode("is_paused"),
                pausedTasks: try row.decode("paused_tasks", as: String.self).split(separator: " ").map { String($0) },
                pending: try row.decode("pending"),
                queued: try row.decode("queued"),
                running: try row.decode("running"),
                dead: try row.decode("dead"),
                oldestWaiting: try row.decode("oldest_waiting", as: Double?.self).map { .seconds($0) },
                workers: try row.decode("workers"),
                capacity: try row.decode("capacity"),
                schedules: byQueue[queue] ?? []
            )
        }.sorted { $0.queue < $1.queue }
    }
}
