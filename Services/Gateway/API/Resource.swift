import Persistence
import Postgres

/// A read model as the API shows it: its schema, its writer, and the query parameters of its list.
struct Resource: Sendable {
    let model: ReadModel
    let schema: Schema
    let writer: RowWriter

    /// - Parameter schemas: of JSON columns, and of words narrower than their kind tells.
    init(_ model: ReadModel, schemas: [String: Schema] = [:]) {
        self.model = model
        writer = RowWriter(model)
        schema = .named(
            model.name,
            .object(
                model.columns.map { column in
                    let schema = schemas[column.name] ?? column.kind.schema
                    return .required(column.name, column.isNullable ? .nullable(schema) : schema)
                }
            )
        )
    }

    /// The page of a list.
    var listSchema: Schema {
        .named(
            model.name + "Page",
            .object([
                .required(
                    "count",
                    .nullable(.count),
                    "Rows over all pages; null on cursor pages, which are not counted."
                ),
                .required("next", .nullable(.text(max: 4000))), .required("previous", .nullable(.text(max: 4000))),
                .required("results", .array(schema, count: 0...PageRequest.largest)),
            ])
        )
    }

    var listParameters: [QueryParameter] {
        var parameters = [
            QueryParameter("page", .integer(1...1_000_000), "Which page, from 1."),
            QueryParameter("page_size", .integer(1...Int64(PageRequest.largest)), "Rows a page; 50 when left out."),
        ]
        let sortable = model.columns.filter(\.isSortable).map(\.name)
        if !sortable.isEmpty {
            parameters.append(
                QueryParameter("ordering", .oneOf(sortable.flatMap { [$0, "-" + $0] }), "Order; `-` for descending.")
            )
        }
        if !model.search.isEmpty {
            parameters.append(QueryParameter("search", .text(max: 200), "Text to look for."))
        }
        if model.isLarge {
            parameters.append(
                QueryParameter("cursor", .text(max: 100), "Empty to start; then as `next` gives it. Newest first.")
            )
        }
        for column in model.columns where column.isFilter {
            // An address has room for 16 KiB in all; what a filter compares with is a name, a code, a number.
            let schema = column.kind == .text ? Schema.text(max: 200) : column.kind.schema
            parameters.append(QueryParameter(column.name, schema, "Exactly this value."))
        }
        return parameters
    }
}

extension ReadModel.Kind {
    var schema: Schema {
        switch self {
        case .id: .id
        case .integer: .integer(Int64.min...Int64.max)
        case .money: .string(Text(length: 1...20, format: .signedDecimal))
        case .number: .number
        case .decimal: .string(Text(length: 1...24, format: .signedDecimal))
        case .text: .text(max: 1_000_000)
        case .word(let words): .oneOf(words)
        case .boolean: .boolean
        case .time: .time
        case .day: .day
        case .json: .any
        case .texts: .array(.text(max: 1_000_000), count: 0...100_000)
        }
    }
}

extension TextFormat {
    static let signedDecimal = TextFormat(
        name: nil,
        pattern: "^-?[0-9]+(\\.[0-9]+)?$",
        expected: "a decimal number as a string"
    ) { text in
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
