import DomainModel
import JobQueue
import Persistence
import Postgres

/// The daily round: a job for each connection, and one for its pages where the plan includes inspection.
struct StartSearchConsoleDay: JobTask {
    static let name = "start_search_console_day"

    let desk: DataDesk

    func run(_ payload: CoreDataJobs.Moment, _ context: JobContext) async throws {
        try await desk.transaction(context) { tx in
            let connections = desk.console.isConfigured ? try await SearchConsoleConnections.active(in: tx) : []
            let accounts = Array(Set(connections.map(\.accountID)))
            let holdings = try await FeatureGrants.holdings(of: accounts, in: tx)
            var jobs: [NewJob] = []
            for connection in connections {
                guard let holding = holdings[connection.accountID] else { continue }
                if holding.meets(GateRequirement(.gscLevel, "basic")) {
                    jobs.append(
                        CoreDataJobs.sync(
                            connection.id,
                            version: connection.tokenVersion,
                            account: connection.accountID
                        )
                    )
                }
                if holding.meets(GateRequirement(.gscLevel, "full")) {
                    jobs.append(
                        CoreDataJobs.inspect(
                            connection.id,
                            version: connection.tokenVersion,
                            account: connection.accountID
                        )
                    )
                }
            }
            try await desk.producer.enqueue(jobs, in: tx)
            try await context.complete(result: ["connections": connections.count, "jobs": jobs.count], in: tx)
        }
    }
}
