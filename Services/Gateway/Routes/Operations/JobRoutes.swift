import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

enum JobRoutes {
    static let endpoints = [queues, list, detail]

    private static let list = Endpoint.list(
        "jobs/",
        .anyone,
        "listJobs",
        "Jobs waiting, running, finished and dead: all for staff, the account's own for members",
        Resources.jobs
    ).with { $0.scope = .servicesRead }

    private static let detail = Endpoint.detail(
        "jobs/{id}/",
        .anyone,
        "getJob",
        "A job: status, progress, attempts, result or errors",
        Resources.jobs
    ).with { $0.scope = .servicesRead }

    private static let queues = Endpoint(
        .get,
        "jobs/queues/",
        .staff,
        "listQueues",
        "The queues: how much waits, runs and is dead, and who works"
    ) { call in
        let rows = try await call.read([
            """
            select q.name, q.paused_at is not null as paused,
                (select count(*) from igny8_jobs j where j.queue = q.name and j.state in ('pending', 'queued')
                    and j.run_at <= igny8_now()) as waiting,
                (select count(*) from igny8_jobs j where j.queue = q.name and j.state = 'pending'
                    and j.run_at > igny8_now()) as scheduled,
                (select count(*) from igny8_jobs j where j.queue = q.name and j.state = 'running') as running,
                (select count(*) from igny8_dead_jobs d where d.queue = q.name) as dead,
                (select count(*) from igny8_workers w where w.queue = q.name and w.state = 'alive') as workers,
                (select extract(epoch from igny8_now() - min(j.run_at))::bigint from igny8_jobs j
                    where j.queue = q.name and j.state in ('pending', 'queued') and j.run_at <= igny8_now()) as oldest
            from igny8_queues q order by q.name
            """
        ]).rows[0]
        return try .json { writer in
            writer.beginObject()
            writer.key("results")
            writer.beginArray()
            for row in rows {
                writer.beginObject()
                writer.member("name", try row.decode("name", as: String.self))
                writer.member("is_paused", try row.decode("paused", as: Bool.self))
                for name in figures { writer.member(name, try row.decode(name, as: Int64.self)) }
                writer.member("oldest_seconds", try row.decode("oldest", as: Int64?.self))
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
    }.with {
        $0.answer = .object([
            .required(
                "results",
                .array(
                    .named(
                        "Queue",
                        .object(
                            [.required("name", .text(max: 63)), .required("is_paused", .boolean)]
                                + figures.map { .required($0, .count) }
                                + [.required("oldest_seconds", .nullable(.count))]
                        )
                    )
                )
            )
        ])
    }

    private static let figures = ["waiting", "scheduled", "running", "dead", "workers"]
}
