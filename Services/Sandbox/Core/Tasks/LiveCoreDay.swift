import DomainModel
import FoundationEssentials
import JobQueue
import Persistence
import Postgres

/// The core's modules after a day: Search Console, the index, social networks, the blueprint, of all sites at once.
struct LiveCoreDay: JobTask {
    static let name = "live_core_day"

    /// The owner's connection: what the world is stands in the sandbox's own schema.
    let database: PostgresDatabase
    var retry: RetryPolicy { .patient }

    /// With ``RunAutomation``: the clock stops once for both.
    static let schedule = Schedule(name: name, cron: "0 5 * * *", zone: .fixed("UTC")) { _, _ in
        NewJob(queue: CoreOffice.queue, task: name, account: nil, payload: NoPayload())
    }

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        let tenant = Tenant.system(reason: "a day of the core")
        try await database.transaction(settings: tenant.settings(actor: CoreOffice.actor(context))) { tx in
            try await tx.query("call sandbox.live_core_day(igny8_now())")
            try await context.complete(in: tx)
        }
    }
}
