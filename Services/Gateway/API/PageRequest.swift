import Foundation
import Hummingbird
import Persistence
import Postgres

/// What a client asked of a list, and the links to the pages beside it.
struct PageRequest {
    static let largest = 200
    static let usual = 50

    let number: Int64
    let size: Int
    /// Nil on numbered pages; 0 where a cursor starts.
    let cursor: Int64?
    private(set) var page: ReadModel.Page

    init(_ query: Query, of model: ReadModel) throws(Problem) {
        number = query.integer("page") ?? 1
        size = query.integer("page_size").map { Int($0) } ?? Self.usual
        cursor = try query["cursor"].map { text throws(Problem) in try Self.decode(text) }
        // One more than asked for tells whether there is a next page.
        page = ReadModel.Page(limit: size + 1)
        if let cursor {
            page.before = cursor == 0 ? Int64.max : cursor
        } else {
            page.offset = Int(number - 1) * size
        }
        page.search = query["search"].flatMap { $0.isEmpty ? nil : $0 }
        page.order = query["ordering"].map { text in
            (column: text.hasPrefix("-") ? String(text.dropFirst()) : text, isDescending: text.hasPrefix("-"))
        }
        for column in model.columns where column.isFilter {
            guard let text = query[column.name] else { continue }
            page.filters.append((column.name, column.kind.value(of: text)))
        }
    }

    mutating func narrow(_ condition: SQL?) {
        page.condition = condition
    }

    private static func encode(_ key: Int64) -> String { SecretToken.base64URL(Array("k\(key)".utf8)) }

    private static func decode(_ text: String) throws(Problem) -> Int64 {
        if text.isEmpty { return 0 }
        guard let bytes = SecretToken.bytes(ofBase64URL: text), bytes.first == UInt8(ascii: "k"),
            let key = Int64(String(decoding: bytes.dropFirst(), as: UTF8.self)), key > 0
        else { throw .malformed("The query is not as expected.", errors: ["cursor": "a cursor as `next` gave it"]) }
        return key
    }
}

extension PageRequest {
    /// How many rows there are over all pages. The last page tells by itself, and most lists have but one; only where
    /// more follow, or where the page lies beyond the end, must the database count.
    /// - Parameter kept: a statement that gives the number without counting, where it is kept.
    func count(_ rows: PostgresRows, of model: ReadModel, _ call: Call, kept: SQL? = nil) async throws -> Int64? {
        if cursor != nil { return nil }
        let isLast = rows.count <= size && (page.offset == 0 || !rows.isEmpty)
        if isLast { return Int64(page.offset + rows.count) }
        let count = kept ?? model.count(page, for: call.tenant)
        return try await call.services.store.batch(as: call.tenant, actor: call.actor, [count])[0].first?.decode(0)
    }

    /// Writes the page as the API shows it.
    /// - Parameter members: what stands before the rows.
    func answer(
        _ call: Call,
        _ rows: PostgresRows,
        count: Int64?,
        _ resource: Resource,
        _ members: (inout JSONWriter) throws -> Void = { _ in }
    ) throws -> Answer {
        let shown = min(rows.count, size)
        return try .json(capacity: 256 + shown * 700) { writer in
            writer.beginObject()
            try members(&writer)
            writer.member("count", count)
            writer.member("next", try next(call, rows, count: count, resource))
            writer.member("previous", cursor == nil && number > 1 ? link(call, "page", String(number - 1)) : nil)
            writer.key("results")
            writer.beginArray()
            try resource.writer.write(rows.prefix(shown), into: &writer)
            writer.endArray()
            writer.endObject()
        }
    }

    private func next(_ call: Call, _ rows: PostgresRows, count: Int64?, _ resource: Resource) throws -> String? {
        if cursor != nil {
            guard rows.count > size else { return nil }
            return link(call, "cursor", Self.encode(try rows[size - 1].decode(resource.model.key, as: Int64.self)))
        }
        return number * Int64(size) < (count ?? 0) ? link(call, "page", String(number + 1)) : nil
    }

    private func link(_ call: Call, _ name: String, _ value: String) -> String {
        call.services.configuration.publicURL + call.request.uri.path + "?"
            + call.query.encoded(replacing: name, with: value)
    }
}

extension ReadModel.Kind {
    fileprivate func value(of text: String) -> ReadModel.Value {
        switch self {
        case .id, .integer: .integer(Int64(text) ?? 0)
        case .boolean: .boolean(text == "true")
        default: .text(text)
        }
    }
}
