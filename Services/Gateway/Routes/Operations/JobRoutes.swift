import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

enum JobRoutes {
    static let endpoints = [list, detail]

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
}
