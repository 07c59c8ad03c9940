import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// One attempt at one delivery of an outgoing webhook.
///
/// 1. The delivery, its message and the endpoint's secret are read. → 2. The message is signed and sent. → 3. What came
/// of it is stored, with the next attempt's job or the end of trying, in one transaction with the end of this job.
///
/// A crash between 2 and 3 sends the same event again: receivers know it by its id. Two runs of this job at once both
/// send, and only one counts.
struct DeliverWebhook: JobTask {
    static let name = "deliver_webhook"

    let office: Office

    /// A receiver that answers slowly holds up its own events, and nobody else's.
    var limits: [JobLimit] { [JobLimit("webhook", concurrency: 4)] }

    func run(_ payload: SubscriptionsJobs.Delivery, _ context: JobContext) async throws {
        guard let letter = try await read(payload, context) else { return }
        let outcome = await office.webhooks.deliver(letter)
        try await office.transaction(context) { tx in
            try await context.complete(in: tx)
            // The endpoint first, as the API locks them.
            guard
                var endpoint = try await WebhookEndpoints.find(
                    letter.endpoint,
                    for: .job(context),
                    lock: .forUpdate,
                    in: tx
                ),
                var row = try await WebhookDeliveries.find(
                    letter.delivery,
                    for: .job(context),
                    lock: .forUpdate,
                    in: tx
                ),
                row.delivery.status == .pending, row.delivery.attempts + 1 == payload.attempt
            else { return }
            let now = try await BusinessClock.now(in: tx)
            switch outcome {
            case .taken(let status):
                row.delivery.value.succeed()
                endpoint.value.took()
                try await WebhookDeliveries.save(&row.delivery, status: status, triedAt: now, in: tx)
                try await WebhookEndpoints.save(&endpoint, deliveredAt: now, in: tx)
            case .refused(let status, let reason):
                row.delivery.value.fail(at: now)
                let isDisabled = endpoint.value.failed(at: now)
                if isDisabled { row.delivery.value.giveUp() }
                try await WebhookDeliveries.save(&row.delivery, status: status, error: reason, triedAt: now, in: tx)
                try await WebhookEndpoints.save(&endpoint, in: tx)
                if isDisabled { try await tellOwner(of: endpoint.value, because: reason, in: tx) }
                if row.delivery.status == .pending {
                    try await office.producer.enqueue(
                        SubscriptionsJobs.deliverWebhook(row.delivery.value, to: endpoint.id, account: row.accountID),
                        in: tx
                    )
                }
            }
        }
    }

    /// What is to be sent. Completes the job where nothing is.
    private func read(_ payload: SubscriptionsJobs.Delivery, _ context: JobContext) async throws -> WebhookLetter? {
        guard let box = office.secrets else { throw JobError.permanent("no key to open secrets with is configured") }
        let id = WebhookDelivery.ID(payload.deliveryID)
        return try await office.transaction(context) { tx -> WebhookLetter? in
            guard let row = try await WebhookDeliveries.find(id, for: .job(context), lock: .forUpdate, in: tx) else {
                throw JobError.permanent("there is no delivery \(payload.deliveryID)")
            }
            guard row.delivery.status == .pending, row.delivery.attempts + 1 == payload.attempt else {
                try await context.complete(in: tx)
                return nil
            }
            let endpoint = try await WebhookEndpoints.find(row.endpointID, for: .job(context), in: tx)
            guard let endpoint, endpoint.isActive else {
                var delivery = row.delivery
                delivery.value.giveUp()
                try await WebhookDeliveries.save(&delivery, error: "the endpoint is disabled", in: tx)
                try await context.complete(in: tx)
                return nil
            }
            let message = try await WebhookDeliveries.message(of: id, in: tx)
            return WebhookLetter(
                delivery: id,
                endpoint: endpoint.id,
                url: endpoint.url,
                event: message.event,
                type: message.type,
                body: message.body,
                secret: try await WebhookEndpoints.secret(of: endpoint.value, openedBy: box, in: tx),
                // Machine time: the receiver holds it against its own clock.
                sentAt: try await office.machineTime(tx)
            )
        }
    }

    private func tellOwner(
        of endpoint: WebhookEndpoint,
        because reason: String,
        in tx: PostgresTransaction
    ) async throws {
        let account = try await office.account(endpoint.accountID, in: tx)
        let contact = try await office.contact(of: account, in: tx)
        let since = endpoint.failingSince ?? account.createdAt
        try await office.send(
            .webhookDisabled(contact: contact.name, url: endpoint.url, reason: reason, house: office.house),
            to: contact.email,
            key: "webhook_disabled:\(endpoint.id):\(Int(since.timeIntervalSince1970))",
            account: account.id,
            in: tx
        )
        try office.note(
            .updated,
            on: AuditSubject(account: account.id, kind: "webhook_endpoint", id: endpoint.id.rawValue),
            from: "active",
            to: "disabled",
            because: "nothing was taken for five days: \(reason)"
        )
    }
}
