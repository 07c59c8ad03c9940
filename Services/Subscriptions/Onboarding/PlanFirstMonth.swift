import DomainModel
import Persistence
import Postgres

extension Office {
    /// The first month's content tasks, from today on; the month's quota is cut like its price will be.
    func planFirstMonth(_ client: Client, in tx: PostgresTransaction) async throws -> StepResult {
        do {
            let count = try await createTasks(
                of: client.subscription,
                served: Proration(startingOn: client.today),
                in: tx
            )
            return .done("\(count) articles are planned")
        } catch let problem as UnplannableMonth {
            return .blocked(.staff, problem.description)
        }
    }
}
