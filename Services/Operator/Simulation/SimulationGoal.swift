import Foundation
import Persistence
import Postgres

/// Where a simulation wants to go, kept in the database, so that one that was killed knows how far it wanted when it is
/// started again with `--days`.
enum SimulationGoal {
    /// The end of the run that begins, or of the one that goes on.
    static func settle(days: Int?, until: Date?, _ bench: Workbench) async throws -> Date {
        try await bench.withStore { store in
            try await store.transaction(as: .system(reason: "simulation"), actor: Workbench.actor) { tx in
                let open = try await tx.query(
                    "select days, until from igny8_simulations where ended_at is null for update"
                )
                if let row = open.first {
                    let (meant, end): (Int?, Date) = (try row.decode("days"), try row.decode("until"))
                    if days != nil, meant == days { return end }
                    try await tx.query("update igny8_simulations set ended_at = now() where ended_at is null")
                }
                let now = try await BusinessClock.now(in: tx).roundedUp
                let end = until ?? now.addingTimeInterval(Double(days ?? 0) * 86_400)
                try await tx.query("insert into igny8_simulations (days, until) values (\(days), \(end))")
                return end
            }
        }
    }

    /// Notes that the run came to its end.
    static func reached(_ bench: Workbench) async throws {
        try await bench.withStore { store in
            try await store.transaction(as: .system(reason: "simulation"), actor: Workbench.actor) { tx in
                _ = try await tx.query("update igny8_simulations set ended_at = now() where ended_at is null")
            }
        }
    }
}
