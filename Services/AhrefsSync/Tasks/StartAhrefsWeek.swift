import DomainModel
import JobQueue
import Persistence

/// Begins the week of all accounts of a zone that have a key: with a test of each, so that what follows knows what the key
/// has left. It asks Ahrefs nothing itself.
struct StartAhrefsWeek: JobTask {
    static let name = "start_ahrefs_week"

    let bureau: Bureau

    func run(_ payload: AhrefsJobs.Zone, _ context: JobContext) async throws {
        try await bureau.transaction(context) { tx in
            let jobs = try await AhrefsConnections.active(inZone: payload.zone, in: tx).map { connected in
                AhrefsJobs.test(connected.account, keyVersion: connected.keyVersion, week: context.id)
            }
            try await bureau.producer.enqueue(jobs, in: tx)
            try await AhrefsCalls.tidy(in: tx)
            try await context.complete(in: tx)
        }
    }
}
