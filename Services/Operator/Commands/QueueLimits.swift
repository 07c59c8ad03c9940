import ArgumentParser
import JobQueue
import Persistence

extension QueueCommands {
    /// `igny8 queue limits`
    struct Limits: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What jobs of one key may not do all at once, and how much of it is used.",
            discussion: "Example: igny8 queue limits --queue subscriptions"
        )

        @Option(help: "Only of this queue.")
        var queue: String?

        func run() async throws {
            let limits = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.read(as: .system(reason: "queue limits"), actor: Workbench.actor) { tx in
                        try await JobStore.limits(of: queue, in: tx)
                    }
                }
            }
            guard !limits.isEmpty else { return print("no limits: no task declares any, and no operator has set one") }
            var table = Table(
                ["queue", "limit", "at once", "starts", "burst", "keys", "in flight", "waiting", "set by"],
                rightAligned: [2, 4, 5, 6, 7]
            )
            for status in limits {
                table.add([
                    status.queue, status.limit.name, status.limit.concurrency.map { "\($0)" } ?? "-",
                    status.limit.rate.map { "\($0.count) in \($0.period.components.seconds) s" } ?? "-",
                    status.limit.rate.map { "\($0.burst)" } ?? "-", "\(status.keys)", "\(status.inFlight)",
                    "\(status.waiting)", status.isSetByOperator ? "operator" : "task",
                ])
            }
            print(table.text)
        }
    }

    /// `igny8 queue limit`
    struct Limit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a limit above what the tasks declare, or gives it back to them.",
            discussion: """
                It holds for each key of that name by itself: the limit ahrefs for ahrefs:7 and for ahrefs:8. What is in
                flight is not called back. 0 at once stops the jobs of the limit.

                Examples: igny8 queue limit subscriptions ahrefs --starts 30 --per 60
                          igny8 queue limit subscriptions ahrefs --clear
                """
        )

        @Argument(help: "The queue.")
        var queue: String
        @Argument(help: "The limit's name: the part of a key before the colon.")
        var name: String
        @Option(help: "Jobs in flight at one time.")
        var atOnce: Int?
        @Option(help: "Starts in each period.")
        var starts: Int?
        @Option(help: "The period, in seconds.")
        var per: Double = 60
        @Option(help: "How many of the starts may come at once.")
        var burst: Int = 1
        @Flag(help: "Gives the limit back to the tasks.")
        var clear = false

        func validate() throws {
            guard clear || atOnce != nil || starts != nil else {
                throw ValidationError("Say what it limits: --at-once, --starts, or --clear to give it back.")
            }
            guard !clear || atOnce == nil && starts == nil else {
                throw ValidationError("--clear takes no figures: it gives the limit back to the tasks.")
            }
            guard name.wholeMatch(of: /[a-z][a-z0-9_-]{0,62}/) != nil else {
                throw ValidationError("\"\(name)\" is no limit: expected lower-case letters, digits, - and _.")
            }
            guard (atOnce ?? 0) >= 0, (starts ?? 1) > 0, per > 0, burst > 0 else {
                throw ValidationError("--at-once is 0 or more; --starts, --per and --burst are more than 0.")
            }
        }

        func run() async throws {
            if clear {
                try await QueueCommands.change(queue) { tx in
                    guard try await JobStore.clearLimit(name, of: queue, in: tx) else {
                        throw OperatorFailure(
                            "No operator has set a limit \"\(name)\" on \(queue); see igny8 queue limits."
                        )
                    }
                }
                return print("the limit \(name) of \(queue) is the tasks' again, within a second")
            }
            let limit = JobLimit(
                name,
                concurrency: atOnce,
                rate: starts.map { .init($0, per: .seconds(per), burst: burst) }
            )
            try await QueueCommands.change(queue) { tx in try await JobStore.setLimit(limit, of: queue, in: tx) }
            print("the limit \(name) of \(queue) is set; to give it back: igny8 queue limit \(queue) \(name) --clear")
        }
    }
}
