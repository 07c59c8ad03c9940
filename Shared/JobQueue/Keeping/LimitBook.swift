/// The arithmetic of limits: which of the jobs that wait may go, given what is in flight. No I/O, no clock.
struct LimitBook: Sendable {
    struct Candidate: Sendable, Equatable {
        let id: Int64
        let tenant: Int64
        let keys: [String]
    }

    /// A key's jobs that are admitted and not ended.
    struct InFlight: Sendable, Equatable {
        /// In the list, not started.
        var queued = 0
        /// In the list or running.
        var all = 0
    }

    let limits: [String: JobLimit]
    let inFlight: [String: InFlight]

    /// Those that the concurrency of each of their keys admits, in order, and how many starts that asks of each key's
    /// rate. Of a key with a rate, no more may wait in the list than its burst: else they would start together later.
    func admissible(
        _ candidates: [Candidate],
        room: Int
    ) -> (chosen: [Candidate], asked: [String: Int]) {
        var free: [String: Int] = [:]
        var chosen: [Candidate] = []
        var asked: [String: Int] = [:]
        for candidate in candidates where chosen.count < room {
            for key in candidate.keys where free[key] == nil { free[key] = places(of: key) }
            guard candidate.keys.allSatisfy({ free[$0, default: 0] > 0 }) else { continue }
            for key in candidate.keys {
                free[key, default: 0] -= 1
                if rate(of: key) != nil { asked[key, default: 0] += 1 }
            }
            chosen.append(candidate)
        }
        return (chosen, asked)
    }

    /// Those of `chosen` that the rates allow too.
    func allowed(_ chosen: [Candidate], by granted: [String: Int]) -> [Candidate] {
        var left = granted
        return chosen.filter { candidate in
            let keys = candidate.keys.filter { rate(of: $0) != nil }
            guard keys.allSatisfy({ left[$0, default: 0] > 0 }) else { return false }
            for key in keys { left[key, default: 0] -= 1 }
            return true
        }
    }

    func rate(of key: String) -> JobLimit.Rate? { limits[JobLimit.name(ofKey: key)]?.rate }

    private func places(of key: String) -> Int {
        let limit = limits[JobLimit.name(ofKey: key)]
        let busy = inFlight[key] ?? InFlight()
        return min(
            limit?.concurrency.map { $0 - busy.all } ?? .max,
            limit?.rate.map { $0.burst - busy.queued } ?? .max
        )
    }
}
