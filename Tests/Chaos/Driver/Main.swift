import ArgumentParser
import Foundation

/// Jobs pass through several worker processes while everything around them breaks; afterwards the books must balance.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "igny8-chaos",
        abstract: "Breaks Redis, PostgreSQL and workers while jobs run, and counts what was lost or done twice.",
        discussion: """
            Starts a PostgreSQL and a Redis of its own and prints each fault with its time. Ends with 0 when every job was
            done, no effect happened twice and none was lost.

            Example:
              igny8-chaos --seconds 60 --seed 7
            """
    )

    @Option(help: "How long faults go on.")
    var seconds = 60
    @Option(help: "How many jobs pass at least; 100 a second where it is not said.")
    var jobs: Int?
    @Option(help: "Repeats the faults of a run that printed it.")
    var seed: UInt64?
    @Option(help: "Worker processes on each host.")
    var workers = 3
    @Option(help: "Jobs that each worker runs at the same time.")
    var capacity = 16
    @Option(help: "The workers' lease in seconds.")
    var lease = 4.0
    @Option(parsing: .upToNextOption, help: "Network namespaces to run the workers in: one is cut off, one is killed.")
    var hosts: [String] = []
    @Flag(help: "Instead of chaos: how soon work goes on after FLUSHALL with --jobs waiting, and after kill -9.")
    var measure = false
    @Option(help: "Where the hosts reach PostgreSQL and Redis.")
    var address = "127.0.0.1"

    func validate() throws {
        guard hosts.isEmpty || hosts.count >= 3 else {
            throw ValidationError("One host is cut off and one killed: give at least three.")
        }
    }

    func run() async throws {
        let seed = seed ?? .random(in: 1...999_999_999)
        let plan = Plan(
            seconds: seconds,
            jobs: jobs ?? seconds * 100,
            seed: seed,
            workers: workers,
            capacity: capacity,
            lease: lease,
            hosts: hosts,
            address: address
        )
        print("chaos seed: \(seed) (--seed \(seed) repeats its faults)")
        guard try await Run.perform(plan, measuring: measure) else { throw ExitCode.failure }
    }
}

/// What a run is to be.
struct Plan: Sendable {
    let seconds: Int
    let jobs: Int
    let seed: UInt64
    let workers: Int
    let capacity: Int
    let lease: Double
    let hosts: [String]
    let address: String
}
