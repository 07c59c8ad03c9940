import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

enum FeatureFlagRoutes {
    static let endpoints = [list, change, setOverride, removeOverride]

    private static let list = Endpoint.list(
        "feature-flags/",
        .staff,
        "listFeatureFlags",
        "Feature flags with the accounts that differ",
        Resources.featureFlags
    )

    private static let change = Endpoint(
        .patch,
        "feature-flags/{key}/",
        .staff(.admin),
        "updateFeatureFlag",
        "Set a flag for every account that does not override it"
    ) { call in
        let flag = try named(call)
        return try await call.write { write in
            let isEnabled = call.body["is_enabled"] == .bool(true)
            try await FeatureFlags.set(flag, isEnabled: isEnabled, in: write.tx)
            try await write.audit(
                .updated,
                Subject("feature_flag", nil),
                Change(to: isEnabled ? "on" : "off", data: ["flag": .string(flag.rawValue)])
            )
            return try await answer(flag, write)
        }
    }.with {
        $0.body = .named("FeatureFlagChange", .object([.required("is_enabled", .boolean)]))
        $0.answer = Resources.featureFlags.schema
    }

    private static let setOverride = Endpoint(
        .put,
        "feature-flags/{key}/overrides/{account_id}/",
        .staff(.admin),
        "overrideFeatureFlag",
        "Set a flag for one account"
    ) { call in
        let flag = try named(call)
        let account = Account.ID(try call.id("account_id"))
        return try await call.write { write in
            guard try await Accounts.find(account, for: write.tenant, in: write.tx) != nil else {
                throw Problem.notFound
            }
            let isEnabled = call.body["is_enabled"] == .bool(true)
            let reason = call.body["reason"]?.string ?? ""
            try await FeatureFlags.override(
                flag,
                for: account,
                isEnabled: isEnabled,
                reason: reason,
                by: write.identity.userID,
                in: write.tx
            )
            try await write.audit(
                .flagOverridden,
                Subject("feature_flag", nil, account: account),
                Change(to: isEnabled ? "on" : "off", reason: reason, data: ["flag": .string(flag.rawValue)])
            )
            return try await answer(flag, write)
        }
    }.with {
        $0.body = .named(
            "FeatureFlagOverride",
            .object([.required("is_enabled", .boolean), .optional("reason", .text(max: 500))])
        )
        $0.answer = Resources.featureFlags.schema
    }

    private static let removeOverride = Endpoint(
        .delete,
        "feature-flags/{key}/overrides/{account_id}/",
        .staff(.admin),
        "followFeatureFlag",
        "Let an account follow the flag again"
    ) { call in
        let flag = try named(call)
        let account = Account.ID(try call.id("account_id"))
        return try await call.write { write in
            guard try await Accounts.find(account, for: write.tenant, in: write.tx) != nil else {
                throw Problem.notFound
            }
            try await FeatureFlags.removeOverride(flag, for: account, in: write.tx)
            try await write.audit(
                .flagOverridden,
                Subject("feature_flag", nil, account: account),
                Change(data: ["flag": .string(flag.rawValue)])
            )
            return .noContent
        }
    }.with { $0.success = .noContent }

    private static func named(_ call: Call) throws(Problem) -> FeatureFlag {
        guard let flag = FeatureFlag(rawValue: try call.parameter("key")) else { throw .notFound }
        return flag
    }

    private static func answer(_ flag: FeatureFlag, _ write: Write) async throws -> Answer {
        var page = ReadModel.Page(limit: 1)
        page.condition = "t.key = \(flag.rawValue)"
        let rows = try await write.tx.query(ReadModel.featureFlags.rows(page, for: write.tenant))
        return try Resources.featureFlags.answer(rows)
    }
}
