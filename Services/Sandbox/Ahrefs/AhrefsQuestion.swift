import DomainModel
import FoundationEssentials

/// A call's parameters, held against what its endpoint knows. Ahrefs refuses what it does not know.
struct AhrefsQuestion: Sendable {
    let endpoint: AhrefsTable
    let target: String
    let query: [String: String]
    let select: [String]
    let condition: AhrefsWhere?
    let order: [(field: String, isDescending: Bool)]
    let limit: Int
    let body: [UInt8]

    /// Domains that cost nothing, with at most 100 rows.
    private static let freeTargets: Set<String> = ["ahrefs.com", "yep.com", "firehose.com"]

    init(_ call: AhrefsAPI.Call, _ endpoint: AhrefsTable, _ standing: AhrefsKeys.Standing) throws(AhrefsProblem) {
        self.endpoint = endpoint
        query = call.query
        body = call.body
        for name in query.keys.sorted() where !endpoint.parameters.contains(name) {
            throw AhrefsProblem(400, "unknown parameter: \(name)")
        }
        for name in endpoint.required where query[name, default: ""].isEmpty {
            throw AhrefsProblem(400, "missing required parameter: \(name)")
        }
        if let output = query["output"], output != "json" {
            throw AhrefsProblem(400, "this sandbox speaks json only, not \(output)")
        }
        for name in ["date", "date_from", "date_to"] {
            if let text = query[name], CalendarDay(text) == nil { throw AhrefsProblem(400, "bad \(name): \(text)") }
        }
        target = try Self.domain(query["target"])
        select = query["select"]?.split(separator: ",").map { String($0) } ?? []
        condition = try query["where"].map { text throws(AhrefsProblem) in try AhrefsWhere(text) }
        order = (query["order_by"] ?? "").split(separator: ",").map { part in
            let halves = part.split(separator: ":")
            return (String(halves[0]), halves.count > 1 && halves[1] == "desc")
        }
        for field in select + (condition?.fields ?? []) + order.map(\.field) where !endpoint.fields.contains(field) {
            throw AhrefsProblem(400, "column '\(field)' does not exist")
        }
        guard let wanted = Int(query["limit"] ?? "1000"), wanted > 0 else { throw AhrefsProblem(400, "bad limit") }
        let most = Self.freeTargets.contains(target) ? 100 : AhrefsKeys.rows(of: standing.plan)
        guard query["limit"] == nil || wanted <= most else {
            throw AhrefsProblem(403, "your plan allows \(most) rows per request")
        }
        limit = min(wanted, most)
    }

    private static func domain(_ target: String?) throws(AhrefsProblem) -> String {
        guard let target else { return "" }
        guard let domain = Domain(target) else { throw AhrefsProblem(400, "bad target") }
        return domain.name
    }

    func day(_ name: String) -> Int? { query[name].flatMap { CalendarDay($0)?.daysSinceEpoch } }

    /// What rows cost: the distinct fields that are named, or all that the endpoint gives where none are.
    private var unitsPerRow: Int {
        let named = Set(select + (condition?.fields ?? []) + order.map(\.field))
        return (named.isEmpty ? endpoint.fields : named).reduce(0) { $0 + (endpoint.expensive[$1] ?? 1) }
    }

    /// Filters, orders, cuts and narrows rows, and counts what they cost.
    func answer(_ rows: [[String: AhrefsJSON]]) -> AhrefsAnswer {
        var rows = condition.map { condition in rows.filter(condition.holds) } ?? rows
        for (field, isDescending) in order.reversed() {
            let sorted = rows.enumerated().sorted { left, right in
                let (one, other) = (left.element[field], right.element[field])
                if one == other { return left.offset < right.offset }
                return isDescending != Self.isBefore(one, other)
            }
            rows = sorted.map(\.element)
        }
        rows = Array(rows.prefix(limit))
        let shown = select.isEmpty ? Array(endpoint.fields) : select
        let body = AhrefsJSON.array(
            rows.map { row in .object(Dictionary(shown.map { ($0, row[$0] ?? .null) }) { first, _ in first }) }
        )
        return paid(.object([endpoint.envelope: body]), rows: rows.count)
    }

    func paid(_ body: AhrefsJSON, rows: Int) -> AhrefsAnswer {
        let isFree = Self.freeTargets.contains(target)
        return AhrefsAnswer(
            body: body,
            rows: rows,
            unitsPerRow: isFree ? 0 : unitsPerRow,
            units: isFree ? 0 : max(50, unitsPerRow * rows)
        )
    }

    private static func isBefore(_ one: AhrefsJSON?, _ other: AhrefsJSON?) -> Bool {
        switch (one, other) {
        case (.integer(let left)?, .integer(let right)?): left < right
        case (.number(let left)?, .number(let right)?): left < right
        case (.string(let left)?, .string(let right)?): left < right
        case (.null?, _): true
        default: false
        }
    }
}
