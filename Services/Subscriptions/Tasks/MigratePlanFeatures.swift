import JobQueue
import Persistence

/// Fills what plans do not name yet and lets older accounts keep what they could do; again it changes nothing.
struct MigratePlanFeatures: JobTask {
    static let name = "migrate_plan_features"

    let office: Office

    func run(_ payload: NoPayload, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            let report = try await PlanFeatureMigration.run(in: tx)
            try await context.complete(result: report, in: tx)
        }
    }
}
