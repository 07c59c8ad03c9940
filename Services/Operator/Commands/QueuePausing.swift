import ArgumentParser
import JobQueue
import Postgres

extension QueueCommands {
    /// `igny8 queue pause`
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Starts nothing more of a queue, or of one of its tasks. What runs goes on.",
            discussion: """
                Jobs are accepted all the same, and wait. Pausing twice changes nothing.

                Example: igny8 queue pause subscriptions --task collect_payment
                """
        )

        @Argument(help: "The queue, such as subscriptions.")
        var queue: String
        @Option(help: "Only this task of it.")
        var task: String?

        func run() async throws {
            try await QueueCommands.change(queue) { tx in
                if let task {
                    try await JobStore.pause(task: task, of: queue, in: tx)
                } else {
                    try await JobStore.pause(queue: queue, in: tx)
                }
            }
            let resume = (["igny8 queue resume", queue] + (task.map { ["--task", $0] } ?? [])).joined(separator: " ")
            print("\(task.map { "\($0) of " } ?? "")\(queue) is paused; to go on: \(resume)")
        }
    }

    /// `igny8 queue resume`
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a paused queue go on, or one of its tasks.",
            discussion: """
                A task that was paused by itself stays paused when its queue is resumed.

                Example: igny8 queue resume subscriptions
                """
        )

        @Argument(help: "The queue, such as subscriptions.")
        var queue: String
        @Option(help: "Only this task of it.")
        var task: String?

        func run() async throws {
            let before = try await QueueCommands.change(queue) { tx in
                if let task {
                    try await JobStore.resume(task: task, of: queue, in: tx)
                } else {
                    try await JobStore.resume(queue: queue, in: tx)
                }
            }
            let wasPaused = task.map { before.pausedTasks.contains($0) } ?? before.isPaused
            print("\(task.map { "\($0) of " } ?? "")\(queue) \(wasPaused ? "goes on" : "was not paused")")
            let still = before.pausedTasks.filter { $0 != task }
            if !still.isEmpty { print("still paused: \(still.joined(separator: ", "))") }
        }
    }

    /// Changes a queue that exists; gives how it was before.
    @discardableResult
    static func change(
        _ queue: String,
        _ body: @escaping (PostgresTransaction) async throws -> Void
    ) async throws -> QueueStatus {
        try await Workbench.run { bench in
            try await bench.inSystem { tx in
                let queues = try await JobStore.queueStatus(in: tx)
                guard let status = queues.first(where: { $0.queue == queue }) else {
                    throw OperatorFailure(unknown: queue, among: queues)
                }
                try await body(tx)
                return status
            }
        }
    }
}

extension OperatorFailure {
    /// A queue that no worker has ever served: most likely a slip of the pen.
    init(unknown queue: String, among queues: [QueueStatus]) {
        let known = queues.map(\.queue).joined(separator: ", ")
        self.init("There is no queue \"\(queue)\". Known: \(known.isEmpty ? "none" : known).")
    }
}
