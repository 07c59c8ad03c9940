/// One call as it came, free of the web framework.
struct StripeRequest: Sendable {
    var method: String
    /// Below `/stripe`: `/v1/invoices/in_1/pay`.
    var path: String
    var query: String
    var authorization: String?
    var version: String?
    var idempotencyKey: String?
    var body: [UInt8]

    /// How a fault names it.
    var call: String { "\(method) \(path)" }
}

/// What goes back, unless a fault cuts the line.
struct StripeResponse: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
}
