import ArgumentParser
import JobQueue

extension JobCommands {
    /// `igny8 job cancel`
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancels a job that waits, or asks one that runs to stop.",
            discussion: "Example: igny8 job cancel 4711"
        )

        @Argument(help: "The job's id.")
        var id: Int64

        func run() async throws {
            let outcome = try await Workbench.run { bench in
                try await bench.inSystem { tx in try await JobStore.cancel(id, in: tx) }
            }
            switch outcome {
            case .cancelled: print("job \(id) is cancelled")
            case .requested: print("job \(id) is asked to stop; see igny8 job show \(id)")
            case .notFound: throw OperatorFailure("There is no unfinished job \(id); see igny8 job show \(id).")
            }
        }
    }
}
