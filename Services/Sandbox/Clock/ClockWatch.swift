import Postgres
import ServiceLifecycle

/// Rings all bells when business time was moved, whoever moved it.
struct ClockWatch: Service, CustomStringConvertible {
    static let channel = "igny8_clock"

    let database: PostgresDatabase
    let bells: [Bell]

    var description: String { "clock watch" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in database.listen(Self.channel) {
                for bell in bells { bell.ring() }
            }
        }
    }
}
