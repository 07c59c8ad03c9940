import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

enum QueueRoutes {
    static let endpoints = [queues]

    private static let queues = Endpoint(
        .get,
        "jobs/queues/",
        .staff,
        "listQueues",
        "The queues: how much waits, runs and is dead, what is paused and limited, and who works"
    ) { call in
        let answers = try await call.read([figuresOfQueues, limits])
        return try .json { writer in
            writer.beginObject()
            writer.key("results")
            writer.beginArray()
            for row in answers.rows[0] { try write(row, limits: answers.rows[1], &writer) }
            writer.endArray()
            writer.endObject()
        }
    }.with {
        $0.answer = .object([.required("results", .array(.named("Queue", .object(fields))))])
    }

    private static let figures = ["waiting", "scheduled", "running", "dead", "workers", "capacity"]
    private static let ages = ["oldest_seconds", "longest_running_seconds", "last_beat_seconds"]

    private static var fields: [Schema.Field] {
        [
            .required("name", .text(max: 63)), .required("is_paused", .boolean),
            .required("paused_at", .nullable(.time), "Machine time."),
            .required("paused_tasks", .array(.text(max: 100))),
        ] + figures.map { .required($0, .count) }
            + ages.map { .required($0, .nullable(.count)) }
            + [.required("limits", .array(.named("QueueLimit", .object(limitFields))))]
    }

    private static var limitFields: [Schema.Field] {
        [
            .required("name", .text(max: 63)),
            .required("concurrency", .nullable(.count), "Jobs in flight at one time, for each key."),
            .required("rate", .nullable(.count), "Starts in each period, for each key."),
            .required("period_seconds", .nullable(.count)),
            .required("in_flight", .count),
            .required("waiting", .count),
            .required("is_set_by_operator", .boolean),
        ]
    }

    private static func write(_ row: PostgresRow, limits: PostgresRows, _ writer: inout JSONWriter) throws {
        let name: String = try row.decode("name")
        writer.beginObject()
        writer.member("name", name)
        writer.member("is_paused", try row.decode("paused", as: Bool.self))
        writer.member("paused_at", try row.decode("paused_at", as: String?.self))
        writer.key("paused_tasks")
        writer.beginArray()
        for task in try row.decode("paused_tasks", as: String.self).split(separator: " ") {
            writer.string(String(task))
        }
        writer.endArray()
        for name in figures { writer.member(name, try row.decode(name, as: Int64.self)) }
        for name in ages { writer.member(name, try row.decode(name, as: Int64?.self)) }
        writer.key("limits")
        writer.beginArray()
        for limit in limits where try limit.decode("queue", as: String.self) == name {
            writer.beginObject()
            writer.member("name", try limit.decode("name", as: String.self))
            for figure in ["concurrency", "rate", "period_seconds"] {
                writer.member(figure, try limit.decode(figure, as: Int64?.self))
            }
            for figure in ["in_flight", "waiting"] { writer.member(figure, try limit.decode(figure, as: Int64.self)) }
            writer.member("is_set_by_operator", try limit.decode("is_set_by_operator", as: Bool.self))
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static var figuresOfQueues: SQL {
        """
        select q.name, q.paused_at is not null as paused,
            to_char(q.paused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as paused_at,
            (select coalesce(string_agg(p.task, ' ' order by p.task), '') from igny8_paused_tasks p
                where p.queue = q.name) as paused_tasks,
            (select count(*) from igny8_jobs j where j.queue = q.name and j.state in ('pending', 'queued')
                and j.run_at <= igny8_now()) as waiting,
            (select count(*) from igny8_jobs j where j.queue = q.name and j.state = 'pending'
                and j.run_at > igny8_now()) as scheduled,
            (select count(*) from igny8_jobs j where j.queue = q.name and j.state = 'running') as running,
            (select count(*) from igny8_dead_jobs d where d.queue = q.name) as dead,
            w.workers, w.capacity, w.last_beat_seconds,
            (select extract(epoch from igny8_now() - min(j.run_at))::bigint from igny8_jobs j
                where j.queue = q.name and j.state in ('pending', 'queued') and j.run_at <= igny8_now()) as oldest_seconds,
            (select extract(epoch from now() - min(j.started_at))::bigint from igny8_jobs j
                where j.queue = q.name and j.state = 'running') as longest_running_seconds
        from igny8_queues q
        cross join lateral (
            select count(*) as workers, coalesce(sum(capacity), 0)::bigint as capacity,
                   extract(epoch from now() - max(beat_at))::bigint as last_beat_seconds
            from igny8_workers where queue = q.name and state = 'alive') w
        order by q.name
        """
    }

    private static var limits: SQL {
        """
        select l.queue, l.name, l.concurrency::bigint, l.rate::bigint, l.is_set_by_operator,
            extract(epoch from l.period)::bigint as period_seconds,
            count(u.key) filter (where u.state <> 'pending') as in_flight,
            count(u.key) filter (where u.state = 'pending') as waiting
        from igny8_job_limits l
        left join (
            select j.queue, j.state, key from igny8_jobs j, unnest(string_to_array(j.limit_keys, ' ')) key
            where j.limit_keys is not null) u on u.queue = l.queue and split_part(u.key, ':', 1) = l.name
        group by l.queue, l.name
        order by l.queue, l.name
        """
    }
}
