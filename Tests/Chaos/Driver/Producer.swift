import ChaosLedger
import Postgres

/// Asks for jobs at an even rate, whatever happens; what fails is not asked for again under the same number.
actor Producer {
    private let stage: Stage
    private let plan: Plan
    private var number = 0
    private var committed = 0
    private var random: SplitMix

    /// One transaction in so long: at 300 jobs a second, 15 in each.
    private static let beat: Duration = .milliseconds(50)

    init(stage: Stage, plan: Plan) {
        self.stage = stage
        self.plan = plan
        random = SplitMix(state: plan.seed &+ 1)
    }

    /// Returns when all the jobs are asked for.
    func run() async throws {
        let began = ContinuousClock.now
        while committed < plan.jobs {
            // A twentieth of the time is left to work off what faults have delayed.
            let share = min(began.duration(to: .now) / .seconds(Double(plan.seconds) * 0.95), 1)
            let due = min(Int((Double(plan.jobs) * share).rounded(.up)) - committed, 500)
            if due > 0 {
                do {
                    let parts = (0..<due).map { _ in part() }
                    try await stage.database.transaction(settings: Ledger.settings) { transaction in
                        try await Ledger.enqueue(
                            parts,
                            queue: Stage.queue,
                            by: stage.producer,
                            in: transaction
                        )
                    }
                    committed += due
                } catch {
                    // PostgreSQL is away. Whether it committed, the ledger knows.
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            try await Task.sleep(for: Self.beat)
        }
    }

    private func part() -> LedgerTask.Payload {
        number += 1
        let act: LedgerTask.Act =
            switch number % 20 {
            case 0: .failOnce
            case 1...4: .plain
            default: .ledger
            }
        return LedgerTask.Payload(number, act, milliseconds: Int(random.next() % 20))
    }
}
