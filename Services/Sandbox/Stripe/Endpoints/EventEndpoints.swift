import Postgres

enum EventEndpoints {
    static let all = [
        StripeEndpoint(.get, "events", list),
        StripeEndpoint(.get, "events/*", get),
    ]

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        let rows = try await scope.tx.query("select body from sandbox.stripe_events where id = \(path[0])")
        guard let row = rows.first else { throw StripeError.noSuch("event", path[0]) }
        return StripeAnswer(status: 200, body: try row.decode("body"))
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let type = try parameters.string("type")
        let types = try parameters.strings("types")
        let filter = StripeFilter(created: try parameters.createdFilter())
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        var sql: SQL = "select body from sandbox.stripe_events where true" + filter.sql
        if let type { sql = sql + (type.hasSuffix("*") ? wildcard(type) : " and type = \(type)") }
        if let types { sql = sql + " and type = any(\(types))" }
        let rows = try await scope.tx.query(sql + window.sql(in: "sandbox.stripe_events"))
        let events = try rows.map { row in
            try StripeJSON.value(from: try row.decode("body", as: [UInt8].self))
        }
        let page = StripeList(data: window.cut(events), hasMore: events.count > window.limit, url: "/v1/events")
        return try .ok(page)
    }

    /// `invoice.*` means every type that begins so.
    private static func wildcard(_ type: String) -> SQL {
        " and starts_with(type, \(String(type.dropLast())))"
    }
}
