import DomainModel
import Postgres

/// The part of the identity statement that gates and flags need: nothing where a route has neither, so that most
/// requests pay nothing for them, and no second round trip where it has.
struct EntitlementColumns {
    private let features: [Feature]
    private let flag: FeatureFlag?

    init(_ endpoint: Endpoint, _ credentials: Credentials) {
        var features = credentials.isKey ? [Feature.apiAccess] : []
        if let gate = endpoint.gate, !features.contains(gate.feature) { features.append(gate.feature) }
        self.features = features
        flag = endpoint.flag
    }

    /// `flag_on`, `plan`, and for each feature the plan's level and what the account keeps beside it.
    var columns: SQL {
        var columns: SQL
        if let flag {
            columns = """
                coalesce((select coalesce(o.is_enabled, f.is_enabled) from igny8_feature_flags f
                    left join igny8_feature_flag_overrides o on o.flag_key = f.key and o.account_id = a.id
                    where f.key = \(flag.rawValue)), false) as flag_on
                """
        } else {
            columns = "true as flag_on"
        }
        guard !features.isEmpty else { return columns + ", null::text as plan" }
        columns += ", p.key as plan"
        for feature in features {
            columns += """
                , p.plan_features ->> \(feature.rawValue),
                    (select g.level from igny8_feature_grants g
                        where g.account_id = a.id and g.feature = \(feature.rawValue))
                """
        }
        return columns
    }

    var join: SQL { features.isEmpty ? "" : "join igny8_plans p on p.id = a.plan_id" }

    /// A level as a plan's row has it; a list is JSON there. (In SQL, a function for it would cost more than the rest.)
    private static func level(_ stored: String) -> String {
        guard stored.hasPrefix("["), let list = try? JSONReader.read(Array(stored.utf8)) else { return stored }
        return (list.array ?? []).compactMap(\.string).joined(separator: ",")
    }

    func read(
        _ row: PostgresRow,
        from first: Int
    ) throws -> (isFlagOn: Bool, plan: PlanKey?, levels: [Feature: String]) {
        var levels: [Feature: String] = [:]
        for (index, feature) in features.enumerated() {
            let column = first + 2 + index * 2
            let held = try row.decode(column, as: String?.self).map(Self.level) ?? feature.levelBeforeGate
            let kept = try row.decode(column + 1, as: String?.self)
            levels[feature] = kept.map { feature.more(of: held, and: $0) } ?? held
        }
        return (
            try row.decode(first), try row.decode(first + 1, as: String?.self).map { PlanKey(rawValue: $0) }, levels
        )
    }
}
