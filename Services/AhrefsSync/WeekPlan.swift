import DomainModel
import JobQueue
import Persistence
import Postgres

/// Which jobs a week's sync takes: sites of one account share a batch as long as their domains fit into it.
enum WeekPlan {
    /// All that a week brings to an account.
    /// - Parameter key: what sets these snapshots apart from others of the same sites.
    static func jobs(of account: Account.ID, key: String, in tx: PostgresTransaction) async throws -> [NewJob] {
        let snapshots = snapshots(try await AhrefsConnections.sites(of: account, in: tx), key: key)
        return try await AhrefsLinks.sites(of: account, in: tx).reduce(into: snapshots) { jobs, site in
            jobs.append(AhrefsJobs.detectLost(site, account: account))
            jobs.append(AhrefsJobs.verify(site, account: account))
        }
    }

    /// Snapshot jobs for the sites of an account.
    /// - Parameter key: what sets these jobs apart from others of the same sites.
    static func snapshots(_ sites: [AhrefsConnections.ConnectedSite], key: String) -> [NewJob] {
        var batches: [[AhrefsConnections.ConnectedSite]] = []
        var domains: Set<String> = []
        for site in sites {
            domains.formUnion(site.domains)
            if batches.isEmpty || domains.count > AhrefsCallPlan.largestBatch {
                batches.append([])
                domains = Set(site.domains)
            }
            batches[batches.count - 1].append(site)
        }
        return batches.map { batch in
            AhrefsJobs.sync(batch.map(\.site), account: batch[0].account, key: "\(key):\(batch[0].site)")
        }
    }
}
