import FoundationEssentials
import Hummingbird
import Postgres

/// What the sandbox itself still has to do: a simulation waits until it is not busy, then jumps to what comes next.
struct DueRoutes: Sendable {
    private struct Due: Encodable {
        @Nullable var next: Moment?
        var busy: Bool
        /// What is due now, by kind.
        var webhooks: Int64
        var worldEvents: Int64
    }

    let database: PostgresDatabase

    func add(to router: Router<SandboxContext>) {
        router.get("due") { _, _ in try Answers.json(try await due()) }
    }

    private func due() async throws -> Due {
        let rows = try await database.query(
            """
            with open as (
                select 'webhook' as kind, due_at from sandbox.webhook_deliveries
                where delivered_at is null and given_up_at is null
                union all
                select 'world', due_at from sandbox.world_events where done_at is null
            )
            select min(due_at) filter (where due_at > igny8_now()) as next,
              count(*) filter (where kind = 'webhook' and due_at <= igny8_now()) as webhooks,
              count(*) filter (where kind = 'world' and due_at <= igny8_now()) as world
            from open
            """
        )
        guard let row = rows.first else { return Due(next: nil, busy: false, webhooks: 0, worldEvents: 0) }
        let webhooks: Int64 = try row.decode("webhooks")
        let world: Int64 = try row.decode("world")
        let next: Date? = try row.decode("next")
        return Due(next: next.map(Moment.init), busy: webhooks + world > 0, webhooks: webhooks, worldEvents: world)
    }
}
