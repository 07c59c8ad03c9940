import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

/// How a list explains its figures (spec 11.2): each in words, and for each row the link to what it is the sum of.
struct ListExplanation: Sendable {
    struct Figure: Sendable {
        /// The column.
        let name: String
        let formula: String
        /// The path of the rows behind it, below `/api/v1/`, with its query; nil where there is nothing more to open.
        let rows: (@Sendable (PostgresRow) throws -> String?)?

        init(_ name: String, _ formula: String, rows: (@Sendable (PostgresRow) throws -> String?)? = nil) {
            self.name = name
            self.formula = formula
            self.rows = rows
        }
    }

    let figures: [Figure]
    /// Columns that nothing feeds yet, and why.
    let unavailable: [(name: String, reason: String)]

    init(_ figures: [Figure], unavailable: [(name: String, reason: String)] = []) {
        self.figures = figures
        self.unavailable = unavailable
    }

    static let parameter = QueryParameter("explain", .oneOf(["1"]), "Adds the formula and the rows of each figure.")

    static let schema: [Schema.Field] = [
        .required(
            "unavailable",
            .array(.object([.required("column", .text(max: 64)), .required("reason", .text(max: 500))])),
            "What nothing feeds yet; its column is null."
        ),
        .optional(
            "explain",
            .named(
                "ListExplanation",
                .object([
                    .required("read_at", .time),
                    .required(
                        "figures",
                        .array(
                            .object([.required("figure", .text(max: 64)), .required("formula", .text(max: 1000))])
                        )
                    ),
                    .required(
                        "rows",
                        .array(
                            .object([
                                .required("id", .id), .required("figure", .text(max: 64)),
                                .required("rows_url", .text(max: 4000)),
                            ]),
                            count: 0...10_000
                        )
                    ),
                ])
            ),
            "With `explain=1`."
        ),
    ]

    /// Writes the members that stand before the rows of a page.
    /// - Parameter readAt: nil where no explanation was asked for.
    func write(
        _ rows: some Sequence<PostgresRow>,
        key: String,
        readAt: String?,
        _ call: Call,
        into writer: inout JSONWriter
    ) throws {
        writer.key("unavailable")
        writer.value(.array(unavailable.map { ["column": .string($0.name), "reason": .string($0.reason)] }))
        guard let readAt else { return }
        let root = call.services.configuration.publicURL + Endpoint.root
        var links: [JSON] = []
        for row in rows {
            for figure in figures {
                guard let path = try figure.rows?(row) else { continue }
                links.append([
                    "id": .number(String(try row.decode(key, as: Int64.self))), "figure": .string(figure.name),
                    "rows_url": .string(root + path),
                ])
            }
        }
        writer.key("explain")
        writer.value([
            "read_at": .string(readAt),
            "figures": .array(figures.map { ["figure": .string($0.name), "formula": .string($0.formula)] }),
            "rows": .array(links),
        ])
    }
}

/// What a list that explains itself was asked for.
struct ExplainedPage: Sendable {
    let resource: Resource
    let explanation: ListExplanation
    /// Which rows.
    var condition: SQL?
    /// Gives how many rows there are, where their number is kept.
    var count: SQL?
}

extension Endpoint {
    /// A list that explains its figures.
    static func explainedList(
        _ path: String,
        _ operation: String,
        _ summary: String,
        _ resource: Resource,
        parameters: [QueryParameter] = [],
        choose: @escaping @Sendable (Call) throws -> ExplainedPage
    ) -> Endpoint {
        Endpoint(.get, path, .staff, operation, summary) { call in
            let asked = try choose(call)
            let resource = asked.resource
            var page = try PageRequest(call.query, of: resource.model)
            page.narrow(asked.condition)
            let remembered = call.services.answers[call.memoryKey]
            let list = resource.model.rows(page.page, for: call.tenant, unlessAt: remembered?.snapshot)
            let isExplained = call.query["explain"] != nil
            let (identity, found) = try await call.read([list] + (isExplained ? ["select igny8_now() as now"] : []))
            if let remembered, remembered.snapshot == identity.snapshot { return remembered.answer }
            let rows = found[0]
            let count = try await page.count(rows, of: resource.model, call, kept: asked.count)
            let readAt = isExplained ? try found[1].first?.decode("now", as: Date.self).formatted(.iso8601) : nil
            let answer = try page.answer(call, rows, count: count, resource) { writer in
                try asked.explanation.write(
                    rows.prefix(page.size),
                    key: resource.model.key,
                    readAt: readAt,
                    call,
                    into: &writer
                )
            }
            if let snapshot = try resource.model.snapshot(of: rows) {
                call.services.answers.remember(answer, at: snapshot, for: call.memoryKey)
            }
            return answer
        }.with {
            $0.scope = .billingRead
            $0.query = parameters + resource.listParameters + [ListExplanation.parameter]
            $0.answer = .named(
                resource.model.name + "Page",
                .object(ListExplanation.schema + resource.listSchema.fields)
            )
        }
    }
}
