import ChaosLedger
import EventLoop
import Foundation
import Logging
import Persistence
import Postgres
import Redis
import TestSupport

/// One run: servers, workers, a producer, faults, the balance.
enum Run {
    /// Whether the queue kept its promise.
    static func perform(_ plan: Plan, measuring: Bool) async throws -> Bool {
        let bind = plan.address == "127.0.0.1" ? [] : ["--bind", "127.0.0.1", plan.address, "--protected-mode", "no"]
        return try await TestCluster.withCluster(address: plan.address, settings: ["max_connections=200"]) { cluster in
            try await TestRedis.withServer(arguments: bind) { redis in
                let stage = try await Stage(plan, cluster, redis)
                let verdict =
                    measuring
                    ? try await Measure(stage: stage, plan: plan, log: FaultLog()).run()
                    : try await play(plan, stage)
                await stage.close()
                return verdict
            }
        }
    }

    private static func play(_ plan: Plan, _ stage: Stage) async throws -> Bool {
        let log = FaultLog()
        try await stage.hire()
        let producer = Producer(stage: stage, plan: plan)
        let producing = Task { try await producer.run() }
        if plan.hosts.isEmpty {
            try await Faults(stage: stage, plan: plan, log: log).strike()
        } else {
            try await HostFaults(stage: stage, plan: plan, log: log).strike()
        }
        log.note("peace: no more faults")
        try await producing.value
        let began = ContinuousClock.now
        // Every lease that a fault has left runs out, and what it held is worked off.
        let limit = began + .seconds(plan.lease * 10 + 120)
        while try await !stage.isEmpty(), .now < limit { try await Task.sleep(for: .milliseconds(200)) }
        log.note("worked off \(began.duration(to: .now)) after the last job was asked for")
        let balance = try await Balance.of(stage.database)
        print("\nfaults: \(log.summary)\n\n\(balance)\nseconds               \(Int(log.elapsed.components.seconds))")
        print(balance.isRight ? "every job done, no effect twice, none lost" : "WRONG, see above")
        return balance.isRight && balance.asked >= plan.jobs
    }
}
