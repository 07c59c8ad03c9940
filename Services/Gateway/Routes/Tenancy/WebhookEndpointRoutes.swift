import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// Outgoing webhooks: where an account is told of what happens to it, and what was sent.
enum WebhookEndpointRoutes {
    static let endpoints = [list, create, detail, delete, enable, deliveries, replay]

    private static let list = Endpoint.list(
        "webhook-endpoints/",
        .members(.owner),
        "listWebhookEndpoints",
        "Where the account wants to be told",
        Resources.webhookEndpoints
    )

    private static let detail = Endpoint.detail(
        "webhook-endpoints/{id}/",
        .members(.owner),
        "getWebhookEndpoint",
        "An endpoint, and how it fares",
        Resources.webhookEndpoints
    )

    private static let create = Endpoint(
        .post,
        "webhook-endpoints/",
        .members(.owner),
        "createWebhookEndpoint",
        "Be told at an address; the answer is the only place that shows the secret that signs"
    ) { call in
        guard let box = call.services.secrets else { throw Problem.secretsUnavailable }
        let url = try address(try call.body.text("url"))
        let types = (call.body.texts("event_types") ?? []).compactMap { WebhookEventType(rawValue: $0) }
        let secret = SecretToken.random(prefix: "whsec_").text
        return try await call.write { write in
            let account = try await write.account(named: call.body)
            _ = try await Accounts.find(account, for: write.tenant, lock: .forUpdate, in: write.tx)
            guard try await WebhookEndpoints.count(of: account, in: write.tx) < WebhookEndpoints.most else {
                throw Problem.conflict("too-many", "An account has at most \(WebhookEndpoints.most) endpoints.")
            }
            let id = try await WebhookEndpoints.create(
                account: account,
                url: url,
                description: call.body["description"]?.string ?? "",
                types: types,
                secret: secret,
                sealedBy: box,
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await write.audit(.created, Subject("webhook_endpoint", id.rawValue, account: account))
            return .json(.created) { writer in
                writer.object { writer in
                    writer.member("id", id.rawValue)
                    writer.member("url", url)
                    writer.member("secret", secret)
                }
            }.with(header: .location, "\(Endpoint.root)webhook-endpoints/\(id)/")
        }
    }.with {
        $0.body = .named(
            "NewWebhookEndpoint",
            .object([
                .required("url", .url, "Public, on port 80 or 443; redirects are not followed."),
                .optional("description", .text(max: 200)),
                .optional(
                    "event_types",
                    .array(.oneOf(WebhookEventType.allCases.map(\.rawValue)), count: 0...50),
                    "All when left out or empty."
                ), .optional("account_id", .id, "For staff: whose."),
            ])
        )
        $0.success = .created
        $0.answer = .named(
            "CreatedWebhookEndpoint",
            .object([
                .required("id", .id), .required("url", .url),
                .required(
                    "secret",
                    .text(max: 200),
                    "Keep it now. Igny8-Signature is t=…,v1=…: v1 is HMAC-SHA-256 with it over t, a dot and the body."
                ),
            ])
        )
        // The stored answer would keep the secret.
        $0.takesIdempotencyKey = false
        $0.problems = [.conflict]
    }

    private static let delete = Endpoint(
        .delete,
        "webhook-endpoints/{id}/",
        .members(.owner),
        "deleteWebhookEndpoint",
        "Be told no more"
    ) { call in
        let id = WebhookEndpoint.ID(try call.id())
        return try await call.write { write in
            let endpoint = try await write.lockedEndpoint(id)
            try await WebhookEndpoints.delete(id, for: write.tenant, in: write.tx)
            try await write.audit(.deleted, Subject("webhook_endpoint", id.rawValue, account: endpoint.accountID))
            return .noContent
        }
    }.with { $0.success = .noContent }

    private static let enable = Endpoint(
        .post,
        "webhook-endpoints/{id}/enable/",
        .members(.owner),
        "enableWebhookEndpoint",
        "Be told again at an address that was disabled"
    ) { call in
        let id = WebhookEndpoint.ID(try call.id())
        return try await call.write { write in
            var endpoint = try await write.lockedEndpoint(id)
            endpoint.isActive = true
            endpoint.failingSince = nil
            try await WebhookEndpoints.save(&endpoint, in: write.tx)
            try await write.audit(.updated, Subject("webhook_endpoint", id.rawValue, account: endpoint.accountID))
            return try await write.answer(Resources.webhookEndpoints, id.rawValue)
        }
    }.with {
        $0.answer = Resources.webhookEndpoints.schema
        $0.hasETag = true
    }

    private static let deliveries = Endpoint.list(
        "webhook-endpoints/{id}/deliveries/",
        .members(.owner),
        "listWebhookDeliveries",
        "What was sent there, or will be, the newest first",
        Resources.webhookDeliveries,
        under: ReadModel.webhookEndpoints,
        where: { call in "t.endpoint_id = \(try call.id())" }
    )

    private static let replay = Endpoint(
        .post,
        "webhook-endpoints/{id}/deliveries/{delivery_id}/replay/",
        .members(.owner),
        "replayWebhookDelivery",
        "Send it once more, as it was"
    ) { call in
        let id = WebhookEndpoint.ID(try call.id())
        let deliveryID = WebhookDelivery.ID(try call.id("delivery_id"))
        return try await call.write { write in
            let endpoint = try await write.lockedEndpoint(id)
            guard
                var row = try await WebhookDeliveries.find(
                    deliveryID,
                    for: write.tenant,
                    lock: .forUpdate,
                    in: write.tx
                ), row.endpointID == id
            else { throw Problem.notFound }
            guard endpoint.isActive else {
                throw Problem.conflict("disabled", "The endpoint is disabled: enable it first.")
            }
            try row.delivery.value.replay(at: await BusinessClock.now(in: write.tx))
            try await WebhookDeliveries.save(&row.delivery, in: write.tx)
            let job = SubscriptionsJobs.deliverWebhook(row.delivery.value, to: id, account: row.accountID)
            let jobID = try await write.enqueue(job)
            try await write.audit(
                .updated,
                Subject("webhook_delivery", deliveryID.rawValue, account: row.accountID),
                Change(reason: "replayed")
            )
            return .accepted(job: jobID, task: job.task)
        }
    }.with {
        $0.success = .accepted
        $0.answer = .acceptedJob
    }

    /// Whether the address is public is seen when it is called; here only what no public receiver can have is refused.
    private static func address(_ text: String) throws(Problem) -> String {
        let authority = text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw .invalid("url", "an address without a user or a password") }
        return text
    }
}

extension Write {
    fileprivate func lockedEndpoint(_ id: WebhookEndpoint.ID) async throws -> Stored<WebhookEndpoint> {
        guard let endpoint = try await WebhookEndpoints.find(id, for: tenant, lock: .forUpdate, in: tx) else {
            throw Problem.notFound
        }
        return endpoint
    }
}

extension Problem {
    /// No key-encryption key is configured: nothing can be kept that must be sealed.
    static let secretsUnavailable = Problem(
        .serviceUnavailable,
        "unavailable",
        "The service is not available",
        "This gateway has no key to seal secrets with (IGNY8_KEY_ENCRYPTION_KEY)."
    )
}
