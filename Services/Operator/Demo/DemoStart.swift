import Foundation
import Persistence
import Postgres

/// The beginning of the demo's business time.
enum DemoStart {
    /// Sets business time to the start while nobody has a service yet; on a stack that is further it does nothing.
    static func set(_ bench: Workbench, sandbox: StackClient) async throws {
        let isEmpty = try await bench.withStore { store in
            try await store.read(as: .system(reason: "demo"), actor: Workbench.actor) { tx in
                try await tx.query("select 1 from igny8_managed_service_subscriptions limit 1").isEmpty
            }
        }
        guard isEmpty else { return }
        struct Order: Encodable { let freeze: Moment }
        struct Position: Decodable { let now: Moment }
        let _: Position = try await sandbox.post("/clock/", Order(freeze: Moment(DemoSeed.start)))
    }
}
