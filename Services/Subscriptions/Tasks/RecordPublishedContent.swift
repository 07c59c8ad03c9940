import DomainModel
import JobQueue
import Persistence

/// Counts what has been published on a site in its subscription's month. The counter is what a count of the rows gives,
/// so counting twice changes nothing.
struct RecordPublishedContent: JobTask {
    static let name = "record_published_content"

    struct Payload: Codable, Sendable {
        let site_id: Int64
    }

    let office: Office

    func run(_ payload: Payload, _ context: JobContext) async throws {
        let tenant = Tenant.job(context)
        try await office.transaction(context) { tx in
            if var subscription = try await ManagedSubscriptions.current(
                of: Site.ID(payload.site_id),
                for: tenant,
                lock: .forUpdate,
                in: tx
            ) {
                try await office.countPublished(of: &subscription, in: tx)
            }
            try await context.complete(in: tx)
        }
    }
}
