import ArgumentParser
import JobQueue
import Persistence
import Postgres

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
            let filter = JobFilter(queue: queue, task: task, status: .dead, account: account)
            if dryRun {
                do {
                    try await Workbench.run { bench in
                        try await bench.inSystem { tx in throw Preview(try await revive(filter, in: tx)) }
                    }
                } catch let preview as Preview {
                    show(preview.outcome)
                }
                return
            }
            let outcome = try await Workbench.run { bench in
                try await bench.inSystem { tx in try await revive(filter, in: tx) }
            }
            if let id, outcome.found == 0 { throw OperatorFailure("There is no dead job \(id).") }
            if let id, outcome.revived == 0 {
                throw OperatorFailure("An unfinished job has the same unique key as job \(id): that one does its work.")
            }
            print("\(outcome.revived) of \(outcome.found) dead jobs wait again")
            remark(outcome)
        }

        /// What became of the wish, and the first of those that wait again.
        private struct Outcome: Sendable {
            var found: Int
            var revived: Int
            var first: [JobRecord]
        }

        /// Rolls the transaction back, with what it would have done.
        private struct Preview: Error {
            let outcome: Outcome
            init(_ outcome: Outcome) { self.outcome = outcome }
        }

        private func revive(_ filter: JobFilter, in tx: PostgresTransaction) async throws -> Outcome {
            var found = 0
            var revived: [Int64] = []
            if let id {
                let outcome = try await JobStore.retry(id, in: tx)
                found = outcome == .notFound ? 0 : 1
                revived = outcome == .revived ? [id] : []
            } else {
                (found, revived) = try await JobStore.retryDead(filter, limit: limit, in: tx)
            }
            var first: [JobRecord] = []
            for id in revived.prefix(dryRun ? 20 : 0) {
                if let job = try await JobStore.find(id, in: tx) { first.append(job) }
            }
            return Outcome(found: found, revived: revived.count, first: first)
        }

        private func show(_ outcome: Outcome) {
            guard outcome.found > 0 else { return print("no such dead jobs") }
            var table = Table(["id", "queue", "task", "account", "failures", "last error"], rightAligned: [0, 3, 4])
            for job in outcome.first {
                table.add([
                    "\(job.id)", job.queue, job.task, job.account.map { "\($0)" } ?? "-", "\(job.failures.count)",
                    String((job.failures.last?.error ?? "-").prefix(80)),
                ])
            }
            if !table.isEmpty { print(table.text) }
            let shown = outcome.first.count < outcome.revived ? ", the oldest \(outcome.first.count) are shown" : ""
            print("\(outcome.revived) of \(outcome.found) dead jobs would wait again\(shown)")
            remark(outcome)
        }

        private func remark(_ outcome: Outcome) {
            if outcome.found > outcome.revived { print("the others stay: unfinished jobs have their unique keys") }
            if id == nil, outcome.found == limit { print("there may be more than --limit \(limit)") }
        }
    }
}
