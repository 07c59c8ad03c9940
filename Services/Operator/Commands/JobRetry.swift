import ArgumentParser
import JobQueue
import Persistence

extension JobCommands {
    /// `igny8 job retry`
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets dead jobs run again, with all their attempts before them.",
            discussion: """
                One by its id, or all that match, oldest first. Look first with --dry-run: it changes nothing.

                Examples: igny8 job retry 4711
                          igny8 job retry --queue subscriptions --task send_email --dry-run
                """
        )

        @Argument(help: "The job's id; without it, all dead jobs that match the options.")
        var id: Int64?
        @Option(help: "Only of this queue.")
        var queue: String?
        @Option(help: "Only of this task.")
        var task: String?
        @Option(help: "Only of this account.")
        var account: Int64?
        @Flag(help: "All dead jobs, without any filter.")
        var all = false
        @Option(help: "At most so many.")
        var limit: Int = 1000
        @Flag(help: "Only says which they are.")
        var dryRun = false

        func validate() throws {
            let isFiltered = queue != nil || task != nil || account != nil
            guard id == nil || !isFiltered && !all else {
                throw ValidationError("Name one job by its id, or many by options, not both.")
            }
            guard id != nil || isFiltered || all else {
                throw ValidationError("Say which dead jobs: an id, --queue, --task, --account, or --all.")
            }
            guard (1...100_000).contains(limit) else {
                throw ValidationError("--limit \(limit): expected 1 to 100000.")
            }
        }

        func run() async throws {
            if let id, !dryRun { return try await one(id) }
            let filter = JobFilter(queue: queue, task: task, status: .dead, account: account)
            if dryRun { return try await preview(filter) }
            let (found, revived) = try await Workbench.run { bench in
                try await bench.inSystem { tx in try await JobStore.retryDead(filter, limit: limit, in: tx) }
            }
            print("\(revived) of \(found) dead jobs wait again")
            if found > revived { print("the others stay: unfinished jobs have their unique keys") }
            if found == limit { print("there may be more than --limit \(limit): run it again") }
        }

        private func one(_ id: Int64) async throws {
            let outcome = try await Workbench.run { bench in
                try await bench.inSystem { tx in try await JobStore.retry(id, in: tx) }
            }
            switch outcome {
            case .revived: print("job \(id) waits again")
            case .uniqueKeyTaken:
                throw OperatorFailure("An unfinished job has the same unique key as job \(id): that one does its work.")
            case .notFound: throw OperatorFailure("There is no dead job \(id).")
            }
        }

        /// The newest few, and how many of each task.
        private func preview(_ filter: JobFilter) async throws {
            let found: [JobRecord] = try await Workbench.run { bench in
                try await bench.inSystem { tx in
                    guard let id else { return try await JobStore.list(filter, limit: limit, in: tx) }
                    return try await JobStore.find(id, in: tx).map { [$0] } ?? []
                }
            }
            let jobs = found.filter { job in job.status == .dead }
            guard !jobs.isEmpty else { return print("no such dead jobs") }
            var table = Table(["id", "queue", "task", "account", "failures", "last error"], rightAligned: [0, 3, 4])
            for job in jobs.prefix(20) {
                table.add([
                    "\(job.id)", job.queue, job.task, job.account.map { "\($0)" } ?? "-", "\(job.failures.count)",
                    String((job.failures.last?.error ?? "-").prefix(80)),
                ])
            }
            print(table.text)
            print("\(jobs.count) dead jobs would run again\(jobs.count > 20 ? ", the newest 20 are shown" : "")")
            if jobs.count == limit { print("there may be more than --limit \(limit)") }
        }
    }
}
