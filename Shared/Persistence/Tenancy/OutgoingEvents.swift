public import Postgres

/// `igny8_outgoing_events`: written by triggers, told by `deliver_webhook`, and forgotten after a while.
public enum OutgoingEvents {
    /// Forgets events that are older, in business time, with their deliveries; none that is still being delivered.
    /// - Parameter days: at least 30.
    /// - Returns: how many went; as many as `limit` when there may be more.
    public static func forget(
        olderThan days: Int,
        atMost limit: Int,
        in tx: PostgresTransaction
    ) async throws -> Int {
        try await tx.query(
            "select igny8_forget_outgoing_events(igny8_now() - make_interval(days => \(days)::int), \(limit)::int) as forgotten"
        ).only().decode("forgotten")
    }
}
