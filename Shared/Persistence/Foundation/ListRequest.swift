import DomainModel
import Foundation
import Postgres

/// What a client asks of a list, as it stands in the query string.
public struct ListRequest: Sendable {
    /// Exact matches by name.
    public var filters: [(name: String, value: String)]
    /// A name, with `-` before it for the highest first; nil for the newest first.
    public var ordering: String?
    /// Looked for anywhere in the searched columns, whatever its case.
    public var search: String?
    /// From 1.
    public var page: Int
    /// 1 to 200.
    public var pageSize: Int
    /// The id of the last row of the page before, when ordered by id: does not slow down however far it goes.
    public var cursor: String?

    /// The largest page.
    public static let largestPage = 200

    /// Asks for a page; the numbers are brought into their ranges.
    public init(
        filters: [(name: String, value: String)] = [],
        ordering: String? = nil,
        search: String? = nil,
        page: Int = 1,
        pageSize: Int = 50,
        cursor: String? = nil
    ) {
        self.filters = filters
        self.ordering = ordering
        self.search = search
        self.page = min(max(page, 1), 1_000_000)
        self.pageSize = min(max(pageSize, 1), Self.largestPage)
        self.cursor = cursor
    }
}

/// What a list was asked for and does not offer.
public enum ListError: Error, Hashable, Sendable {
    /// No such filter.
    case unknownFilter(String, allowed: [String])
    /// The value cannot be one of that column: `expected an integer`.
    case badFilter(String, expected: String)
    /// No such ordering.
    case unknownOrdering(String, allowed: [String])
    /// The cursor is none, or the list is not ordered by id.
    case badCursor
}

/// A column that a list may be filtered by, and what its values look like.
public struct ListFilter: Sendable {
    private enum Kind: Sendable {
        case id, text, bool, day
        case word([String])
        case moment(String)
    }

    private let column: String
    private let kind: Kind

    /// An id.
    public static func id(_ column: String) -> ListFilter { ListFilter(column: column, kind: .id) }
    /// Any text.
    public static func text(_ column: String) -> ListFilter { ListFilter(column: column, kind: .text) }
    /// `true` or `false`.
    public static func bool(_ column: String) -> ListFilter { ListFilter(column: column, kind: .bool) }
    /// `2026-09-17`.
    public static func day(_ column: String) -> ListFilter { ListFilter(column: column, kind: .day) }
    /// One of a closed set of words.
    public static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ column: String,
        _: Word.Type
    ) -> ListFilter {
        ListFilter(column: column, kind: .word(Word.allCases.map(\.rawValue)))
    }
    /// One of some words.
    public static func word(_ column: String, oneOf words: [String]) -> ListFilter {
        ListFilter(column: column, kind: .word(words))
    }
    /// Not before a moment, `2026-09-17T08:00:00Z`.
    public static func since(_ column: String) -> ListFilter { ListFilter(column: column, kind: .moment(">=")) }
    /// Before a moment.
    public static func until(_ column: String) -> ListFilter { ListFilter(column: column, kind: .moment("<")) }

    func condition(_ name: String, _ text: String) throws(ListError) -> SQL {
        let equals = SQL(unsafeRaw: " and \(column) = ")
        switch kind {
        case .id:
            guard let id = Int64(text) else { throw .badFilter(name, expected: "an integer") }
            return equals + "\(id)"
        case .text:
            return equals + "\(text)"
        case .bool:
            guard let flag = Bool(text) else { throw .badFilter(name, expected: "true or false") }
            return equals + "\(flag)"
        case .day:
            guard let day = CalendarDay(text) else { throw .badFilter(name, expected: "a day like 2026-09-17") }
            return equals + "\(day.postgres)"
        case .word(let words):
            guard words.contains(text) else {
                throw .badFilter(name, expected: "one of \(words.joined(separator: ", "))")
            }
            return equals + "\(text)"
        case .moment(let comparison):
            guard let moment = try? Date(text, strategy: .iso8601) else {
                throw .badFilter(name, expected: "a moment like 2026-09-17T08:00:00Z")
            }
            return SQL(unsafeRaw: " and \(column) \(comparison) ") + "\(moment)"
        }
    }
}
