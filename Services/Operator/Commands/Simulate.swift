import ArgumentParser
import Foundation

/// `igny8 simulate`
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lives a span of business time in minutes.",
        discussion: """
            Stops business time, lets everything that is due finish, jumps to the next moment at which anything becomes
            due, and so on; at the end it lets business time run again. Only for a stack with a sandbox. Broken off,
            the clock stands; `igny8 simulate --until` with the same moment goes on, and --days too, to the end it had.

            Examples: igny8 simulate --days 92
                      igny8 simulate --until 2026-12-31T08:00:00Z
            """
    )

    @Option(help: "How many days, from where business time stands.")
    var days: Int?

    @Option(help: "Until which moment, such as 2026-12-31T08:00:00Z; nothing happens when that is past.")
    var until: String?

    func validate() throws {
        guard (days == nil) != (until == nil) else {
            throw ValidationError("Say either --days or --until.")
        }
        if let days, !(1...3660).contains(days) {
            throw ValidationError("--days \(days): expected 1 to 3660.")
        }
        if let until, Moment(until) == nil {
            throw ValidationError("--until \(until): expected a moment such as 2026-12-31T08:00:00Z.")
        }
    }

    func run() async throws {
        let named = until.flatMap(Moment.init)?.date
        try await Workbench.run { bench in
            let goal = try await bench.inSystem { try await SimulationGoal.settle(days: days, until: named, in: $0) }
            let lived = try await SimulationRun(bench: bench).live { _ in goal }
            try await bench.inSystem { try await SimulationGoal.reached(in: $0) }
            guard lived.end > lived.begin else {
                return print("nothing to live: business time is \(lived.begin.formatted(.iso8601))")
            }
            let lines = try await bench.inSystem {
                try await Happenings.read(from: lived.begin, to: lived.end, in: $0)
            }
            print(
                """
                lived \(lived.begin.formatted(.iso8601)) to \(lived.end.formatted(.iso8601)), \(lived.moments) moments
                \(Happenings.text(lines))
                """
            )
        }
    }
}
