import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// The services that submit pages, and their keys: for staff. A key is never shown again.
enum IndexingServiceRoutes {
    static let endpoints = [services, change, keys, put, remove]

    private static let services = Endpoint.list(
        "linker/indexing/services/",
        .staff,
        "listIndexingServices",
        "Indexing services, their prices and whether they are used",
        Resources.indexingServices
    ).with { $0.scope = .servicesRead }

    private static let change = Endpoint(
        .patch,
        "linker/indexing/services/{key}/",
        .staff(.admin),
        "changeIndexingService",
        "Change what a service costs, or whether it is used; it holds from the next batch"
    ) { call in
        let (service, body) = (try call.parameter("key"), call.body)
        return try await call.write { write in
            let config = body["config"].map { PostgresJSON(bytes: $0.bytes) }
            _ = try await write.row(
                """
                update igny8_indexing_services set is_enabled = coalesce(\(body["is_enabled"]?.bool), is_enabled),
                    price = coalesce(\(body["price"]?.string)::text::numeric, price),
                    check_price = coalesce(\(body["check_price"]?.string)::text::numeric, check_price),
                    batch_size = coalesce(\(body["batch_size"]?.integer)::integer, batch_size),
                    config = coalesce(\(config)::jsonb, config)
                where key = \(service) returning key
                """
            )
            var page = ReadModel.Page(limit: 1)
            page.condition = "t.key = \(service)"
            let answer = try Resources.indexingServices.answer(
                try await write.tx.query(Resources.indexingServices.model.rows(page, for: write.tenant))
            )
            try await write.audit(.updated, Subject("indexing_service", nil), .fields(of: body))
            return answer
        }
    }.with {
        $0.body = .named(
            "IndexingServiceChange",
            .object([
                .optional("is_enabled", .boolean),
                .optional("price", .formatted(.unitPrice, max: 7), "A submission of one URL."),
                .optional("check_price", .formatted(.unitPrice, max: 7), "A look at the index for one URL."),
                .optional("batch_size", .integer(1...10_000)),
                .optional(
                    "config",
                    .object(configFields),
                    "Of a service that has published no wire format: how it is spoken to."
                ),
            ])
        )
        $0.answer = Resources.indexingServices.schema
        $0.problems = [.notFound]
    }

    private static let configFields: [Schema.Field] = [
        .optional("submit_url", .url), .optional("format", .oneOf(["json", "form"])),
        .optional("key_header", .formatted(.token, max: 64)), .optional("key_prefix", .text(max: 32)),
        .optional("key_field", .formatted(.slug, max: 64)), .optional("urls_field", .formatted(.slug, max: 64)),
        .optional("urls_join", .text(max: 4)), .optional("title_field", .formatted(.slug, max: 64)),
        .optional("ok_field", .text(max: 64)), .optional("ok_value", .text(max: 64)),
        .optional("task_field", .text(max: 64)), .optional("balance_url", .url),
        .optional("balance_field", .text(max: 64)),
    ]

    private static let keys = Endpoint.list(
        "linker/indexing/keys/",
        .staff,
        "listIndexingKeys",
        "Keys of services and of clients' hosts: whether they work, and what is left",
        Resources.indexingKeys
    )

    private static let put = Endpoint(
        .post,
        "linker/indexing/keys/",
        .staff(.admin),
        "putIndexingKey",
        "Give a service's key, or the IndexNow key of a client's host; a job asks the service about it"
    ) { call in
        guard let box = call.services.secrets else { throw Problem.secretsUnavailable }
        let secret = try call.body.text("api_key")
        guard let service = IndexingServiceKey(rawValue: try call.body.text("service")), service.hasKey else {
            throw Problem.invalid("service", "a service that takes a key")
        }
        return try await call.write { write in
            var (account, host) = (write.identity.account, "")
            if service == .indexnow {
                guard let id = call.body["site_id"]?.integer,
                    let site = try await Sites.find(.init(id), for: write.tenant, in: write.tx)
                else { throw Problem.invalid("site_id", "the site whose pages it is for") }
                (account, host) = (site.accountID, site.domain.name)
                if call.body["is_www"]?.bool == true { host = "www.\(host)" }
            }
            let key = try await IndexingKeys.put(
                secret,
                of: service,
                host: host,
                account: account,
                sealedBy: box,
                createdBy: write.identity.userID,
                in: write.tx
            )
            let job = IndexingJobs.test(key.id, version: key.version)
            let id = try await write.enqueue(job)
            try await write.audit(
                key.version == 1 ? .created : .updated,
                Subject(IndexingKeyStatus.subject, key.id, account: account),
                Change(to: key.status.rawValue, reason: "key ending in \(secret.suffix(4))")
            )
            return .accepted(job: id, task: job.task)
        }
    }.with {
        $0.body = .named(
            "NewIndexingKey",
            .object([
                .required("service", .oneOf(IndexingServiceKey.allCases.filter(\.hasKey).map(\.rawValue))),
                .required(
                    "api_key",
                    .string(Text(length: 8...128, format: .visible)),
                    "Kept sealed, never shown again."
                ),
                .optional("site_id", .id, "IndexNow: the site whose pages it is for."),
                .optional("is_www", .boolean, "IndexNow: the key is of the site's host with www."),
            ])
        )
        $0.success = .accepted
        $0.answer = .acceptedJob
        // Giving the same key twice tests it twice; nothing else happens.
        $0.takesIdempotencyKey = false
        $0.problems = [.serviceUnavailable]
    }

    private static let remove = Endpoint(
        .delete,
        "linker/indexing/keys/{id}/",
        .staff(.admin),
        "removeIndexingKey",
        "Forget a key. What it was used for stays"
    ) { call in
        let id = try call.id()
        return try await call.write { write in
            guard let key = try await IndexingKeys.find(id, for: write.tenant, lock: .forUpdate, in: write.tx),
                try await IndexingKeys.remove(id, for: write.tenant, in: write.tx)
            else { throw Problem.notFound }
            try await write.audit(
                .deleted,
                Subject(IndexingKeyStatus.subject, id, account: key.accountID),
                Change(from: key.status.rawValue)
            )
            return .noContent
        }
    }.with { $0.success = .noContent }
}

extension TextFormat {
    /// `0.0075`: at most four decimals, below a hundred.
    static let unitPrice = TextFormat(
        name: nil,
        pattern: "^[0-9]{1,2}(\\.[0-9]{1,4})?$",
        expected: "an amount such as 0.0075"
    ) { text in
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && (1...2).contains(parts[0].utf8.count)
            && parts.dropFirst().allSatisfy { (1...4).contains($0.utf8.count) }
            && text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
    }
}
