import ArgumentParser
import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Redis

/// `igny8 job …`
struct JobCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Jobs: list them, look at one, run one, let dead ones run again, cancel one.",
        subcommands: [List.self, Show.self, Run.self, Retry.self, Cancel.self]
    )

    /// `igny8 job list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists jobs, newest first.",
            discussion: "Example: igny8 job list --status dead --queue subscriptions"
        )

        @Option(help: "Only of this queue.")
        var queue: String?
        @Option(help: "Only of this task.")
        var task: String?
        @Option(help: "pending, queued, running, completed, cancelled, discarded or dead.")
        var status: String?
        @Option(help: "Only of this account.")
        var account: Int64?
        @Option(help: "At most so many.")
        var limit: Int = 20

        func validate() throws {
            if let status, JobRecord.Status(rawValue: status) == nil {
                let known = JobRecord.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--status \(status): expected one of \(known).")
            }
            guard (1...1000).contains(limit) else { throw ValidationError("--limit \(limit): expected 1 to 1000.") }
        }

        func run() async throws {
            let filter = JobFilter(
                queue: queue,
                task: task,
                status: status.flatMap(JobRecord.Status.init(rawValue:)),
                account: account
            )
            let jobs = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.read(as: .system(reason: "list jobs"), actor: Workbench.actor) { tx in
                        try await JobStore.list(filter, limit: limit, in: tx)
                    }
                }
            }
            guard !jobs.isEmpty else { return print("no such jobs") }
            var table = Table(["id", "queue", "task", "status", "account", "attempt", "due"], rightAligned: [0, 4, 5])
            for job in jobs {
                table.add([
                    "\(job.id)", job.queue, job.task, job.status.rawValue, job.account.map { "\($0)" } ?? "-",
                    job.maxAttempts.map { "\(job.attempt)/\($0)" } ?? "\(job.attempt)", job.runAt.formatted(.iso8601),
                ])
            }
            print(table.text)
        }
    }

    /// `igny8 job show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one job: payload, progress, what went wrong at each attempt, result.",
            discussion: "Example: igny8 job show 4711"
        )

        @Argument(help: "The job's id.")
        var id: Int64

        func run() async throws {
            let found = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.read(as: .system(reason: "show a job"), actor: Workbench.actor) { tx in
                        try await JobStore.find(id, in: tx)
                    }
                }
            }
            guard let job = found else { throw OperatorFailure("There is no job \(id).") }
            var table = Table(["", ""])
            table.add(["job", "\(job.id)  \(job.task) on \(job.queue)"])
            table.add(["status", job.status.rawValue + (job.isCancelRequested ? ", asked to stop" : "")])
            table.add(["account", job.account.map { "\($0)" } ?? "the system's own"])
            table.add(["attempt", job.maxAttempts.map { "\(job.attempt) of \($0)" } ?? "\(job.attempt)"])
            table.add(["due", job.runAt.formatted(.iso8601)])
            switch job.hold {
            case .time: table.add(["waits", "for its time"])
            case .task: table.add(["waits", "for its task: igny8 queue resume \(job.queue) --task \(job.task)"])
            case nil: break
            }
            if !job.limitKeys.isEmpty { table.add(["limits", job.limitKeys.joined(separator: ", ")]) }
            if let retryAt = job.retryAt { table.add(["not before", retryAt.formatted(.iso8601) + " (machine time)"]) }
            if let finishedAt = job.finishedAt { table.add(["ended", finishedAt.formatted(.iso8601)]) }
            if let key = job.uniqueKey { table.add(["unique key", key]) }
            if let progress = job.progress { table.add(["progress", "\(Int(progress * 100)) % \(job.note ?? "")"]) }
            if let trace = job.traceparent { table.add(["trace", trace]) }
            if let payload = job.payload { table.add(["payload", String(decoding: payload.bytes, as: UTF8.self)]) }
            if let result = job.result { table.add(["result", String(decoding: result.bytes, as: UTF8.self)]) }
            for failure in job.failures {
                table.add(["failed", "attempt \(failure.attempt), \(failure.at): \(failure.error)"])
            }
            print(table.text.drop { $0 == "\n" })
        }
    }

    /// `igny8 job run`
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a job, to run now.",
            discussion: """
                Every task may run at any time: it changes the world once, however often it runs.

                Example: igny8 job run check_delivery_status --payload '{"zone":"Europe/London"}'
                """
        )

        @Argument(help: "The task, such as process_managed_billing.")
        var task: String
        @Option(help: "The queue of the worker that owns the task.")
        var queue: String = "subscriptions"
        @Option(help: "What the task is given, as a JSON object.")
        var payload: String = "{}"
        @Option(help: "The account it is about, if it is about one.")
        var account: Int64?

        func run() async throws {
            guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(payload.utf8)), value.members != nil
            else {
                throw OperatorFailure("--payload is no JSON object: expected something like {\"invoice_id\": 7}.")
            }
            let job = NewJob(queue: queue, task: task, account: account, payload: value)
            let id = try await Workbench.run { bench in
                try await bench.withProducer { producer, store in
                    try await store.transaction(as: .system(reason: "run a job"), actor: Workbench.actor) { tx in
                        let known = try await tx.query("select 1 from igny8_queues where name = \(queue)")
                        guard !known.isEmpty else {
                            throw OperatorFailure("There is no queue \"\(queue)\"; see igny8 queue status.")
                        }
                        return try await producer.enqueue(job, in: tx)
                    }
                }
            }
            print("job \(id.map { "\($0)" } ?? "waits already")")
        }
    }
}
