/// A page of objects, newest first.
struct StripeList<Element: Codable & Sendable>: Codable, Sendable {
    var object = "list"
    var data: [Element]
    var hasMore: Bool
    var url: String
}
