import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

enum JobChangeRoutes {
    static let endpoints = [retry, cancel]

    private static let retry = Endpoint(.post, "jobs/{id}/retry/", .staff, "retryJob", "Let a dead job run again") {
        call in
        let id = try call.id()
        return try await call.write { write in
            switch try await JobStore.retry(id, in: write.tx) {
            case .revived: break
            case .uniqueKeyTaken:
                throw Problem.conflict("already-exists", "A job with the same key is waiting already.")
            case .notFound:
                throw try await exists(id, write)
                    ? Problem.conflict("not-dead", "Only a dead job is run again.") : Problem.notFound
            }
            try await write.audit(.jobRetried, Subject("job", id))
            return try await write.answer(Resources.jobs, id)
        }
    }.with {
        $0.answer = Resources.jobs.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static let cancel = Endpoint(
        .post,
        "jobs/{id}/cancel/",
        .staff,
        "cancelJob",
        "Cancel a waiting job, or ask a running one to stop"
    ) { call in
        let id = try call.id()
        return try await call.write { write in
            if try await JobStore.cancel(id, in: write.tx) == .notFound {
                throw try await exists(id, write)
                    ? Problem.conflict("finished", "The job has ended already.") : Problem.notFound
            }
            try await write.audit(.jobCancelled, Subject("job", id))
            return try await write.answer(Resources.jobs, id)
        }
    }.with {
        $0.answer = Resources.jobs.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static func exists(_ id: Int64, _ write: Write) async throws -> Bool {
        try await !write.tx.query(ReadModel.jobs.row(id, for: write.tenant)).isEmpty
    }
}
