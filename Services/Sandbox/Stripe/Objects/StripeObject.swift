/// A kind of object with an id of its own, kept as one row each.
protocol StripeObject: Codable, Sendable {
    /// The value of its `object` field.
    static var kind: String { get }
    static var idPrefix: String { get }
    /// How it is called in "No such …".
    static var title: String { get }

    var id: String { get }
    /// Unix seconds, business time.
    var created: Int64 { get }
    /// The objects it can be listed by.
    var links: StripeLinks { get }
}

extension StripeObject {
    static var title: String { kind }
}

/// The columns a list may be filtered by.
struct StripeLinks: Hashable, Sendable {
    var customer: String?
    var invoice: String?
    var paymentIntent: String?
    var charge: String?
    var status: String?
}

/// `{}` where Stripe has an object this sandbox leaves empty.
struct EmptyObject: Codable, Sendable, Hashable {}
