import Foundation
import Postgres

/// A job this worker has claimed: the row as the claim left it.
struct ClaimedJob: Sendable {
    let id: Int64
    let task: String
    let account: Int64?
    let payload: PostgresJSON
    let attempt: Int
    let maxAttempts: Int
    let fence: Int64
    let nonce: Int64
    let traceparent: String?
    let runAt: Date
    /// Machine time from queued to claimed.
    let waited: Duration

    /// Whether it was in hand when workers died, so often that no other such job may run beside it.
    let isSuspect: Bool

    init(_ row: PostgresRow, nonce: Int64) throws(PostgresError) {
        id = try row.decode(0)
        task = try row.decode(1)
        account = try row.decode(2)
        payload = try row.decode(3)
        attempt = Int(try row.decode(4, as: Int32.self))
        maxAttempts = Int(try row.decode(5, as: Int32.self))
        fence = try row.decode(6)
        traceparent = try row.decode(7)
        runAt = try row.decode(8)
        waited = .seconds(max(try row.decode(9, as: Double.self), 0))
        isSuspect = try row.decode(10, as: Int32.self) >= ClaimStatement.suspectCrashes
        self.nonce = nonce
    }
}
