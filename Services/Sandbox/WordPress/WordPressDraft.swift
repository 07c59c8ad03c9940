import FoundationEssentials

/// What `POST /wp/v2/posts` takes; other fields are dropped in silence, as WordPress does.
struct WordPressDraft: Decodable, Sendable {
    /// Either plain or `{"raw": …}`.
    struct Text: Decodable, Sendable {
        var raw: String

        init(from decoder: any Decoder) throws {
            struct Raw: Decodable { var raw: String }
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                raw = text
            } else {
                raw = try Raw(from: decoder).raw
            }
        }
    }

    static let statuses: Set<String> = ["publish", "future", "draft", "pending", "private"]

    var id: Int64?
    var title: Text?
    var content: Text?
    var excerpt: Text?
    var status: String?
    var slug: String?
    var dateGmt: String?

    /// `2026-10-01T09:00:00`, UTC.
    func date() throws(WordPressError) -> Date? {
        guard let dateGmt else { return nil }
        let text = dateGmt.hasSuffix("Z") ? dateGmt : dateGmt + "Z"
        guard let date = try? Date(text, strategy: .iso8601) else { throw .invalid("date_gmt", "Invalid date.") }
        return date
    }

    func checkStatus() throws(WordPressError) {
        guard let status, !Self.statuses.contains(status) else { return }
        throw .invalid("status", "status is not one of publish, future, draft, pending, private.")
    }
}

/// Slugs as `sanitize_title` makes them, for what our titles hold.
enum WordPressSlug {
    static func make(_ title: String) -> String {
        let words = title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let slug = words.joined(separator: "-").prefix(200)
        return slug.isEmpty ? "post" : String(slug)
    }

    static func free(_ wanted: String, among taken: Set<String>) -> String {
        guard taken.contains(wanted) else { return wanted }
        var number = 2
        while taken.contains("\(wanted)-\(number)") { number += 1 }
        return "\(wanted)-\(number)"
    }
}
