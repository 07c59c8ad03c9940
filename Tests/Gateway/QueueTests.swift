import JobQueue
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Queues and jobs over the API", .timeLimit(.minutes(3)))
struct QueueTests {
    @Test("staff sees what is paused, limited, waiting and how old it is; members do not")
    func queues() async throws {
        try await TestGateway.with { gateway in
            _ =
                try await gateway.value(
                    """
                    with q as (insert into igny8_queues (name) values ('api') returning name),
                    t as (insert into igny8_paused_tasks (queue, task) select name, 'send_email' from q),
                    l as (insert into igny8_job_limits (queue, name, rate, period) select name, 'ahrefs', 60, '1 min' from q),
                    w as (insert into igny8_workers (id, queue, capacity, lease, host, process, version)
                          select 1, name, 16, '30 s', 'here', 1, '0' from q),
                    j as (insert into igny8_jobs (queue, task, state, payload, run_at, limit_keys)
                          select name, 'look_up', 'pending', '{}', igny8_now() - interval '90 s', 'ahrefs:7' from q)
                    select count(*) from q
                    """
                ) as Int64
            let path = "/api/v1/jobs/queues/"
            let answer = try await gateway.send(.get, path, as: gateway.people.admin)
            #expect(answer.status == 200, "\(answer.text)")
            let queue = try #require(answer.json["results"]?.array?.first { $0["name"]?.string == "api" })
            #expect(queue["is_paused"]?.bool == false)
            #expect(queue["paused_tasks"]?.array?.compactMap(\.string) == ["send_email"])
            #expect(queue["waiting"]?.integer == 1)
            #expect(queue["workers"]?.integer == 1)
            #expect(queue["capacity"]?.integer == 16)
            #expect((90...600).contains(queue["oldest_seconds"]?.integer ?? 0))
            #expect(queue["longest_running_seconds"]?.integer == nil)
            let limit = try #require(queue["limits"]?.array?.first)
            #expect(limit["name"]?.string == "ahrefs")
            #expect(limit["rate"]?.integer == 60)
            #expect(limit["period_seconds"]?.integer == 60)
            #expect(limit["in_flight"]?.integer == 0)
            #expect(limit["waiting"]?.integer == 1)
            #expect(try await gateway.send(.get, path, as: gateway.people.one.owner).status == 403)
        }
    }

    @Test("a waiting job is cancelled by staff, once, and the audit says so")
    func cancelling() async throws {
        try await TestGateway.with { gateway in
            let id: Int64 = try await gateway.value(
                """
                insert into igny8_jobs (queue, task, state, payload, run_at)
                values ('api', 'look_up', 'pending', '{}', igny8_now()) returning id
                """
            )
            let path = "/api/v1/jobs/\(id)/cancel/"
            let cancelled = try await gateway.send(.post, path, as: gateway.people.admin)
            #expect(cancelled.json["status"]?.string == "cancelled", "\(cancelled.text)")
            #expect(try await gateway.send(.post, path, as: gateway.people.admin).status == 409)
            #expect(
                try await gateway.send(.post, "/api/v1/jobs/999999/cancel/", as: gateway.people.admin).status == 404
            )
            let events: Int64 = try await gateway.value(
                "select count(*) from igny8_audit_events where action = 'job_cancelled' and subject_id = \(id)"
            )
            #expect(events == 1)
        }
    }

    @Test("progress of a running job is in its answer")
    func progress() async throws {
        try await TestGateway.with { gateway in
            let id: Int64 = try await gateway.value(
                """
                insert into igny8_jobs (queue, task, state, payload, run_at, claim_nonce, worker_id, progress, note)
                values ('api', 'look_up', 'running', '{}', igny8_now(), 1, 1, 0.25, 'page 5 of 20') returning id
                """
            )
            let job = try await gateway.send(.get, "/api/v1/jobs/\(id)/", as: gateway.people.admin)
            #expect(job.text.contains("\"progress\":0.25"), "\(job.text)")
            #expect(job.json["note"]?.string == "page 5 of 20")
            #expect(job.json["status"]?.string == "running")
        }
    }
}
