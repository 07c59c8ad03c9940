import DomainModel
import HTTPTypes
import JobQueue
import Persistence

/// What a client may order of the Ahrefs worker by hand.
enum AhrefsJobRoutes {
    static let endpoints = [
        order(
            "snapshot",
            "orderAhrefsSnapshot",
            "Fetch the metrics of a site and its competitors now; what is of today already costs nothing"
        ) { AhrefsJobs.sync($0, account: $1) },
        order(
            "verify-backlinks",
            "orderAhrefsVerification",
            "Hold a site's links against what Ahrefs sees"
        ) { AhrefsJobs.verify($0, account: $1) },
    ]

    private static func order(
        _ path: String,
        _ operation: String,
        _ summary: String,
        _ job: @escaping @Sendable (Site.ID, Account.ID) -> NewJob
    ) -> Endpoint {
        Endpoint(.post, "integration/ahrefs/\(path)/", .members(.editor), operation, summary) { call in
            let id = Site.ID(try call.body.number("site_id"))
            return try await call.write { write in
                guard let site = try await Sites.find(id, for: write.tenant, in: write.tx) else {
                    throw Problem.notFound
                }
                guard try await write.hasAhrefs(site.accountID) else {
                    throw Problem.conflict("not-connected", "The account has no working Ahrefs key.")
                }
                let job = job(id, site.accountID)
                return .accepted(job: try await write.enqueue(job), task: job.task)
            }
        }.with {
            $0.scope = .servicesWrite
            $0.body = .named("AhrefsSiteOrder", .object([.required("site_id", .id)]))
            $0.success = .accepted
            $0.answer = .acceptedJob
            $0.problems = [.notFound, .conflict]
        }.requires(.ahrefsLevel, "full")
    }
}
