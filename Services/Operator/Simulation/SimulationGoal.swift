import Foundation
import Persistence
import Postgres

/// Where a simulation wants to go, kept in the database, so that one that was killed knows how far it wanted when it is
/// started again with `--days`.
enum SimulationGoal {
    /// The end of the run that begins, or of the one that goes on.
    /// - Parameters:
    ///   - days: counted from where business time stands; the same number as a run that was broken off goes on with it.
    ///   - until: a named end, used as it is.
    static func settle(days: Int?, until: Date?, in tx: PostgresTransaction) async throws -> Date {
        let open = try await tx.query("select days, until from igny8_simulations where ended_at is null for update")
        if let row = open.first {
            let (meant, end): (Int?, Date) = (try row.decode("days"), try row.decode("until"))
            if days != nil, meant == days { return end }
            try await reached(in: tx)
        }
        let now = try await BusinessClock.now(in: tx).roundedUp
        let end = until ?? now.addingTimeInterval(Double(days ?? 0) * 86_400)
        try await tx.query("insert into igny8_simulations (days, until) values (\(days), \(end))")
        return end
    }

    /// Notes that the run came to its end.
    static func reached(in tx: PostgresTransaction) async throws {
        try await tx.query("update igny8_simulations set ended_at = now() where ended_at is null")
    }
}
