import Glibc
import JobQueue

/// The job that everybody runs: it notes when it began, if it was told when it was due, and is done.
struct NoOp: JobTask {
    struct Payload: Codable, Sendable {
        /// Nanoseconds of the machine's monotonic clock at which it was to arrive; 0 for a job of the burn-down.
        let due: Int64
    }

    static let name = "noop"
    let tally: Tally?

    func run(_ payload: Payload, _ context: JobContext) async throws {
        if payload.due > 0 { tally?.started(afterMicroseconds: (Moment.now - payload.due) / 1000) }
    }
}

/// CLOCK_MONOTONIC: the same for every process of the machine, in every language.
enum Moment {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
