import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence

enum ApiKeyRoutes {
    static let endpoints = [list, create, detail, revoke]

    private static let list = Endpoint.list(
        "api-keys/",
        .members(.admin),
        "listApiKeys",
        "API keys; the keys themselves are shown once",
        Resources.apiKeys
    )

    private static let detail = Endpoint.detail(
        "api-keys/{id}/",
        .members(.admin),
        "getApiKey",
        "An API key",
        Resources.apiKeys
    )

    private static let create = Endpoint(
        .post,
        "api-keys/",
        .members(.admin),
        "createApiKey",
        "Make an API key; the answer is the only place that shows it"
    ) { call in
        let key = SecretToken.random(prefix: "ig8_" + hexadecimal(SecretToken.randomBytes(4)) + "_")
        return try await call.write { write in
            let account = try await write.account(named: call.body)
            let scopes = Set((call.body.texts("scopes") ?? []).compactMap { ApiScope(rawValue: $0) })
            if scopes.contains(where: \.isWrite) {
                try await write.require(.init(.apiAccess, "full"), account: account)
            }
            let stored = try await ApiKeys.create(
                account: account,
                name: try call.body.text("name"),
                key: key.text,
                prefix: String(key.text.prefix(12)),
                scopes: scopes,
                expiresAt: try call.body["expires_at"]?.string.map { try Date($0, strategy: .iso8601) },
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await write.audit(
                .keyCreated,
                Subject("api_key", stored.id.rawValue, account: account),
                Change(data: ["scopes": .array(scopes.map { .string($0.rawValue) })])
            )
            return .json(.created) { writer in
                writer.object { writer in
                    writer.member("id", stored.id.rawValue)
                    writer.member("prefix", stored.prefix)
                    writer.member("key", key.text)
                }
            }.with(header: .location, "\(Endpoint.root)api-keys/\(stored.id)/")
        }
    }.with {
        $0.gate = GateRequirement(.apiAccess, "readonly")
        $0.bodyGates = [BodyGate(when: "scopes write", requirement: GateRequirement(.apiAccess, "full"))]
        $0.body = .named(
            "NewApiKey",
            .object([
                .required("name", .name(max: 100)),
                .required("scopes", .array(.oneOf(ApiScope.allCases.map(\.rawValue)), count: 1...20)),
                .optional("expires_at", .nullable(.time)), .optional("account_id", .id, "For staff: whose key."),
            ])
        )
        $0.success = .created
        $0.answer = .named(
            "CreatedApiKey",
            .object([
                .required("id", .id), .required("prefix", .text(max: 40)),
                .required("key", .text(max: 200), "Keep it now: it is not stored and not shown again."),
            ])
        )
        // The stored answer would keep the key.
        $0.takesIdempotencyKey = false
    }

    private static let revoke = Endpoint(
        .delete,
        "api-keys/{id}/",
        .members(.admin),
        "revokeApiKey",
        "End an API key at once"
    ) { call in
        try await call.write { write in
            let id = ApiKey.ID(try call.id())
            guard let key = try await ApiKeys.find(id, for: write.tenant, in: write.tx) else { throw Problem.notFound }
            if try await ApiKeys.revoke(id, for: write.tenant, in: write.tx) {
                try await write.audit(.keyRevoked, Subject("api_key", id.rawValue, account: key.accountID))
            }
            return .noContent
        }
    }.with { $0.success = .noContent }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
