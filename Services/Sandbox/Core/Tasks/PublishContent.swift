import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Publishes one article on the client's site, and tells us.
struct PublishContent: JobTask {
    static let name = "publish_content"

    struct Payload: Codable, Sendable {
        var content_id: Int64
    }

    let office: CoreOffice
    var retry: RetryPolicy { .patient }

    static func job(_ content: Int64, of account: Account.ID, at moment: Date) -> NewJob {
        NewJob(
            queue: CoreOffice.queue,
            task: name,
            account: account.rawValue,
            payload: Payload(content_id: content),
            uniqueKey: "content:\(content)",
            runAt: moment
        )
    }

    func run(_ payload: Payload, _ context: JobContext) async throws {
        let (tenant, account) = try CoreOffice.tenant(context)
        let actor = CoreOffice.actor(context)
        let piece = try await office.store.read(as: tenant, actor: actor) { tx in
            try await PublishableContent.find(payload.content_id, in: tx)
        }
        guard let piece, !piece.isPublished, piece.serviceStatus != "cancelled" else {
            try await office.store.transaction(as: tenant, actor: actor) { tx in try await context.complete(in: tx) }
            return
        }
        guard piece.serviceStatus != "paused", let publisher = WordPressPublisher(piece, client: office.client) else {
            return try await postpone(payload, context, tenant, account)
        }
        let post = try await publisher.publish()
        try await office.store.transaction(as: tenant, actor: actor) { tx in
            try await piece.record(externalID: String(post.id), url: post.link, in: tx)
            try await office.producer.enqueue(
                CoreOffice.recordPublished(piece.site, of: account.rawValue),
                in: tx
            )
            try await context.complete(in: tx)
        }
    }

    /// A paused service, or a site that is not connected, is looked at again a day later.
    private func postpone(
        _ payload: Payload,
        _ context: JobContext,
        _ tenant: Tenant,
        _ account: Account.ID
    ) async throws {
        try await office.store.transaction(as: tenant, actor: CoreOffice.actor(context)) { tx in
            // First the end of this job, for the next one has the same unique key.
            try await context.complete(in: tx)
            let tomorrow = try await BusinessClock.now(in: tx).addingTimeInterval(86_400)
            try await office.producer.enqueue(Self.job(payload.content_id, of: account, at: tomorrow), in: tx)
        }
    }
}
