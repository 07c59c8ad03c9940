import Foundation
import Redis
import TestSupport

/// What breaks on one machine: each fault once in a random order, then any of them, one every two to five seconds.
struct Faults: Sendable {
    enum Fault: String, CaseIterable {
        case flushAll = "FLUSHALL"
        case scriptFlush = "SCRIPT FLUSH"
        case clientKill = "CLIENT KILL"
        case killWorker = "kill -9 of a worker"
        case freezeWorker = "SIGSTOP beyond the lease"
        case restartRedis = "restart of Redis"
        case restartPostgres = "restart of PostgreSQL"
    }

    let stage: Stage
    let plan: Plan
    let log: FaultLog

    /// Returns when the time is over.
    func strike() async throws {
        var random = SplitMix(state: plan.seed)
        var first = Fault.allCases.shuffled(using: &random)
        let end = ContinuousClock.now + .seconds(plan.seconds)
        while true {
            let pause: Duration = .milliseconds(2_000 + Int(random.next() % 3_000))
            guard ContinuousClock.now + pause < end else { break }
            try await Task.sleep(for: pause)
            let fault = first.popLast() ?? Fault.allCases.randomElement(using: &random) ?? .flushAll
            try await strike(fault, Int(random.next() % 1_000))
        }
        try await Task.sleep(until: end, clock: .continuous)
    }

    private func strike(_ fault: Fault, _ number: Int) async throws {
        var whom = ""
        switch fault {
        case .flushAll: _ = try? await stage.client.command(["FLUSHALL"])
        case .scriptFlush: _ = try? await stage.client.command(["SCRIPT", "FLUSH"])
        case .clientKill: _ = try? await stage.client.command(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"])
        case .killWorker: whom = await stage.crew.kill(number)
        case .freezeWorker: whom = await stage.crew.freeze(number, for: .seconds(plan.lease * 1.5))
        case .restartRedis:
            stage.redis.kill()
            try await stage.redis.start()
        case .restartPostgres:
            try await stage.cluster.crash()
            try await stage.cluster.start()
        }
        log.note(fault.rawValue, whom)
    }
}
