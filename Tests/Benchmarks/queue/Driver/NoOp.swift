import Glibc
import JobQueue
import NIOConcurrencyHelpers

/// The job that everybody runs: it notes when it began, if it was told when it was due, and is done.
struct NoOp: JobTask {
    struct Payload: Codable, Sendable {
        /// Nanoseconds of the machine's monotonic clock at which it was to arrive; 0 for a job of the burn-down.
        let due: Int64
    }

    static let name = "noop"
    let tally: Tally?
    var afterCommit: AfterCommit?

    func run(_ payload: Payload, _ context: JobContext) async throws {
        guard payload.due > 0 else { return }
        let now = Moment.now
        tally?.started(afterMicroseconds: (now - payload.due) / 1000)
        afterCommit?.started(at: now, due: payload.due)
    }
}

/// The same latency without the producer's commit.
final class AfterCommit: Sendable {
    private let path: String
    private let tally: Tally
    private let times = NIOLockedValueBox<CommitTimes?>(nil)

    init(_ path: String) throws {
        self.path = path
        tally = try Tally(folder: path + ".latency")
    }

    func started(at now: Int64, due: Int64) {
        let times = times.withLockedValue { times in
            if times == nil { times = try? CommitTimes(reading: path) }
            return times
        }
        guard let commit = times?.commit(ofJobDueAt: due) else { return }
        tally.started(afterMicroseconds: max(0, now - commit) / 1000)
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
