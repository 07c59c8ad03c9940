import Logging
import Postgres
import Redis

/// Admits the jobs that fall under limits: exactly as many as may be in flight, and no faster than their rates allow.
///
/// It is exact because such jobs take no other way: producers leave them to the relay, workers without Redis claim only
/// what it has admitted, and of relays there is one, by a fenced lease.
struct LimitedAdmission: Sendable {
    let queue: String
    let database: QueueDatabase
    let hints: HintList?

    /// What is remembered between two rounds.
    struct Memory: Sendable {
        /// The keys behind which the next round goes on.
        var after = ""
        /// Nothing is looked for before.
        var notBefore = Instant.now
        var pause = LimitedAdmission.shortest
        /// Until the first of the rates that were asked has another start to give.
        var nextStart: Duration?
        /// Limiters that have stood in for Redis.
        var standIns: [String: RateLimiter] = [:]
    }

    struct Round: Sendable {
        var admitted: [(id: Int64, tenant: Int64)] = []
        /// Until the next look.
        var wait: Duration
    }

    /// After a round that has admitted something. A rate above 100 a second needs a burst of what comes in this while.
    private static let shortest: Duration = .milliseconds(10)
    /// After many that have not: by so much may the end of a job elsewhere be missed.
    private static let longest: Duration = .milliseconds(80)

    /// One round. `isDegraded`: Redis does not answer.
    func round(room: Int, isDegraded: Bool, _ memory: inout Memory, _ lease: Lease) async throws -> Round {
        let early = Instant.now.duration(to: memory.notBefore)
        guard room > 0, early <= .zero else { return Round(wait: max(early, Self.shortest)) }
        var round = Round(wait: .zero)
        memory.nextStart = nil
        round.admitted = try await admit(room, isDegraded, &memory, lease)
        memory.pause = round.admitted.isEmpty ? min(memory.pause * 2, Self.longest) : Self.shortest
        // At the very moment at which a rate allows the next: a late start with a burst of 1 is lost for good.
        round.wait = max(min(memory.pause, memory.nextStart ?? memory.pause), .milliseconds(1))
        memory.notBefore = .now + round.wait
        return round
    }

    private func admit(
        _ room: Int,
        _ isDegraded: Bool,
        _ memory: inout Memory,
        _ lease: Lease
    ) async throws -> [(id: Int64, tenant: Int64)] {
        let answers = try await database.batch([
            LimitStatement.limits(queue: queue), LimitStatement.inFlight(queue: queue),
            LimitStatement.candidates(queue: queue, after: memory.after),
        ])
        memory.after = try answers[2].first?.decode("last", as: String?.self) ?? ""
        let book = LimitBook(
            limits: Dictionary(try answers[0].map { try JobLimit($0) }.map { ($0.name, $0) }) { first, _ in first },
            inFlight: try inFlight(answers[1])
        )
        let candidates = try answers[2].map { row in
            LimitBook.Candidate(
                id: try row.decode("id"),
                tenant: try row.decode("tenant"),
                keys: try row.decode("limit_keys", as: String.self).split(separator: " ").map { String($0) }
            )
        }
        let (chosen, asked) = book.admissible(candidates, room: room)
        var granted: [String: Int] = [:]
        for (key, wanted) in asked {
            guard let rate = book.rate(of: key) else { continue }
            let answer = await ask(key, rate, wanted, isDegraded: isDegraded, &memory)
            granted[key] = answer.allowed
            if answer.wait > .zero { memory.nextStart = min(memory.nextStart ?? answer.wait, answer.wait) }
        }
        let allowed = book.allowed(chosen, by: granted)
        guard !allowed.isEmpty else { return [] }
        return try await database.query(LimitStatement.admit(allowed.map(\.id), queue: queue, lease: lease))
            .compactMap { row in
                guard let id = try row.decode("id", as: Int64?.self) else { return nil }
                return (id, try row.decode("tenant"))
            }
    }

    /// Asks the key's rate for the `wanted` starts.
    private func ask(
        _ key: String,
        _ rate: JobLimit.Rate,
        _ wanted: Int,
        isDegraded: Bool,
        _ memory: inout Memory
    ) async -> RateLimiter.Answer {
        let now = Instant.now
        let ahead = memory.standIns[key]?.ahead(of: now) ?? .zero
        if let hints, !isDegraded {
            // An answer that is lost may have allowed something: it counts as nothing.
            guard let answer = try? await hints.ask(key, rate, wanted: wanted, ahead: ahead) else {
                return RateLimiter.Answer(allowed: 0, wait: .zero)
            }
            memory.standIns[key] = nil
            return answer
        }
        return memory.standIns[key, default: RateLimiter(rate, now: now)].take(wanted, now: now)
    }

    private func inFlight(_ rows: PostgresRows) throws -> [String: LimitBook.InFlight] {
        var inFlight: [String: LimitBook.InFlight] = [:]
        for row in rows {
            inFlight[try row.decode("key")] = LimitBook.InFlight(
                queued: try row.decode("queued"),
                all: try row.decode("in_flight")
            )
        }
        return inFlight
    }
}
