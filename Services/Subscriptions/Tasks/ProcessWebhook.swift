import DomainModel
import JobQueue
import Persistence
import Postgres

/// The effect of one stored event of a payment provider. Events come in any order and any number of times; so an event
/// only says where to look: the provider is asked for the present state, and what is known already changes nothing.
struct ProcessWebhook: JobTask {
    static let name = "process_webhook"

    let office: Office

    func run(_ payload: SubscriptionsJobs.WebhookEvent, _ context: JobContext) async throws {
        let event = try await office.transaction(context) { tx in
            try await WebhookEvents.take(payload.webhookEventID, in: tx)
        }
        guard let event else { throw JobError.permanent("there is no event \(payload.webhookEventID)") }
        let notice = event.processedAt == nil ? ProviderNotice(event) : .nothing
        let sight = try await office.look(behind: notice, at: event.provider)
        try await office.transaction(context) { tx in
            let isWaiting = try await WebhookEvents.take(event.id, in: tx)?.processedAt == nil
            if isWaiting {
                let effect = try await office.apply(notice, sight, at: event.provider, in: tx)
                try await WebhookEvents.finish(
                    event.id,
                    effect.outcome,
                    account: effect.account,
                    detail: effect.detail,
                    in: tx
                )
            }
            try await context.complete(in: tx)
        }
    }
}
