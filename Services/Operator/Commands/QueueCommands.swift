import ArgumentParser
import Foundation
import JobQueue
import Persistence

/// `igny8 queue …`
struct QueueCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "The job queues: how they are, what is paused, what is limited.",
        subcommands: [Status.self, Pause.self, Resume.self, Limits.self, Limit.self]
    )

    /// `igny8 queue status`
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What waits, runs and died in each queue, who works there, and what the calendar brings.",
            discussion: "Example: igny8 queue status --schedules"
        )

        @Flag(help: "Also each schedule with its next due time.")
        var schedules = false

        func run() async throws {
            let queues = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.read(as: .system(reason: "queue status"), actor: Workbench.actor) { tx in
                        try await JobStore.queueStatus(in: tx)
                    }
                }
            }
            guard !queues.isEmpty else { return print("no queue yet: no worker has ever started") }
            var table = Table(
                ["queue", "waiting", "due", "running", "dead", "oldest due", "workers", "capacity", ""],
                rightAligned: [1, 2, 3, 4, 5, 6, 7]
            )
            for queue in queues {
                table.add([
                    queue.queue, "\(queue.pending)", "\(queue.queued)", "\(queue.running)", "\(queue.dead)",
                    queue.oldestWaiting.map { "\($0.components.seconds) s" } ?? "-", "\(queue.workers)",
                    "\(queue.capacity)", Self.paused(queue),
                ])
            }
            print(table.text)
            guard schedules else { return }
            var calendar = Table(["schedule", "zone", "cron", "next (business time)", "last"])
            for schedule in queues.flatMap(\.schedules) {
                calendar.add([
                    schedule.name, schedule.zone, schedule.cron, schedule.nextAt?.formatted(.iso8601) ?? "-",
                    schedule.lastAt?.formatted(.iso8601) ?? "-",
                ])
            }
            print("\n" + calendar.text)
        }

        private static func paused(_ queue: QueueStatus) -> String {
            if queue.isPaused { return "paused" }
            return queue.pausedTasks.isEmpty ? "" : "paused: " + queue.pausedTasks.joined(separator: ", ")
        }
    }
}
