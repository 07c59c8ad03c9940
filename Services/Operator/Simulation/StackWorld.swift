import Foundation
import JobQueue
import Persistence
import Postgres

/// The stack as a simulation sees it: the queues and the clock in the database, the outside world in the sandbox.
struct StackWorld: SimulatedWorld {
    let store: Store
    let sandbox: StackClient
    /// How long the database may be away (a crash, a restart) before the simulation gives up.
    var patience: Duration = .seconds(60)

    func now() async throws -> Date { try await position().now.date }

    func freeze() async throws {
        let position = try await position()
        if position.frozen { return }
        try await order(ClockOrder(freeze: Moment(position.now.date.roundedUp)))
    }

    func advance(to moment: Date) async throws {
        try await order(ClockOrder(advance_to: Moment(moment.roundedUp)))
    }

    func release() async throws {
        try await order(ClockOrder(release: true))
    }

    /// Jobs cause webhooks and webhooks cause jobs, and no one statement sees both. So: queues, sandbox, queues again. When
    /// no job was written between the two looks at the queues, none ran between them either, so nothing can have
    /// happened behind the back of the look at the sandbox.
    func outlook() async throws -> Outlook {
        let before = try await queues()
        guard before.quiet.isQuiet else { return .busy }
        let due: Due = try await sandbox.get("/due/")
        guard !due.busy else { return .busy }
        let after = try await queues()
        guard after.quiet.isQuiet, after.lastJob == before.lastJob else { return .busy }
        return .quiet(next: [after.quiet.next, due.next?.date].compactMap(\.self).min())
    }

    /// Long enough to leave the machine to the workers, short beside what a job takes.
    func pause() async throws { try await Task.sleep(for: .milliseconds(3)) }

    private func queues() async throws -> (quiet: Quiet, lastJob: Int64) {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try await store.read(as: .system(reason: "simulation"), actor: Workbench.actor) { tx in
                    let last = try await tx.query(
                        """
                        select greatest((select max(id) from igny8_jobs), (select max(id) from igny8_job_history),
                            (select max(id) from igny8_dead_jobs), 0) as last
                        """
                    )
                    return (try await JobStore.quiet(in: tx), try last[0].decode("last"))
                }
            } catch let error as PostgresError where error.isPassing && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func position() async throws -> Position { try await sandbox.get("/clock/") }

    private func order(_ order: ClockOrder) async throws {
        let _: Position = try await sandbox.post("/clock/", order)
    }

    private struct Due: Decodable {
        let next: Moment?
        let busy: Bool
    }

    private struct Position: Decodable {
        let now: Moment
        let frozen: Bool
    }

    private struct ClockOrder: Encodable {
        var freeze: Moment?
        var advance_to: Moment?
        var release: Bool?
    }
}

extension PostgresError {
    /// Whether the database may be back in a moment.
    var isPassing: Bool {
        switch self {
        case .connection, .timeout: true
        case .server(let state, _, _, _): state.rawValue.hasPrefix("57P") || state.rawValue.hasPrefix("08")
        default: false
        }
    }
}
