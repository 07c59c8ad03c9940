@testable import Gateway

extension Schema {
    /// The least value that the schema accepts.
    var example: JSON {
        switch self {
        case .boolean: true
        case .integer(let range): .number(String(max(range.lowerBound, 1)))
        case .number: 1
        case .string(let text): .string(text.example)
        case .array(let element, let count): .array(Array(repeating: element.example, count: count.lowerBound))
        case .object(let fields):
            .object(
                Dictionary(fields.filter(\.required).map { ($0.name, $0.schema.example) }) { first, _ in first }
            )
        case .map, .any: .emptyObject
        case .shape: ["site_url": "https://example.com/"]
        case .nullable(let schema), .named(_, let schema): schema.example
        }
    }
}

extension Text {
    fileprivate var example: String {
        if let first = values.first { return first }
        let candidates = [
            "starter", "1.00", "USD", "GB", "someone@new.example", "new.example", "https://new.example/", "UTC",
            "2026-09-20", "2026-09-20T08:00:00Z", "a long enough text", "pm_new",
        ]
        return candidates.first(where: accepts) ?? String(repeating: "x", count: length.lowerBound)
    }
}
