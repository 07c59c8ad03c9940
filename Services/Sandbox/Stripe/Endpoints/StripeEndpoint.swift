/// One call of the API: how it is recognised and what it does.
struct StripeEndpoint: Sendable {
    typealias Handler =
        @Sendable (_ path: [String], _ parameters: inout StripeParameters, _ scope: StripeScope) async throws ->
        StripeAnswer

    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    let method: Method
    private let segments: [Substring]
    let run: Handler

    /// `pattern` is relative to `/v1/`; a `*` stands for an id, handed to the handler in order.
    init(_ method: Method, _ pattern: String, _ run: @escaping Handler) {
        self.method = method
        segments = pattern.split(separator: "/")
        self.run = run
    }

    func match(_ path: [Substring]) -> [String]? {
        guard path.count == segments.count else { return nil }
        var captured: [String] = []
        for (segment, part) in zip(segments, path) {
            if segment == "*" { captured.append(String(part)) } else if segment != part { return nil }
        }
        return captured
    }

    static let all: [StripeEndpoint] =
        CustomerEndpoints.all + PaymentMethodEndpoints.all + SetupIntentEndpoints.all + PaymentIntentEndpoints.all
        + InvoiceEndpoints.all + InvoiceStateEndpoints.all + InvoiceItemEndpoints.all + InvoicePaymentEndpoints.all
        + ChargeEndpoints.all + RefundEndpoints.all + BalanceEndpoints.all + DisputeEndpoints.all + EventEndpoints.all

    static func find(_ method: String, _ path: [Substring]) -> (endpoint: StripeEndpoint, arguments: [String])? {
        for endpoint in all where endpoint.method.rawValue == method {
            if let arguments = endpoint.match(path) { return (endpoint, arguments) }
        }
        return nil
    }
}

/// A status and a body: what is sent, and what is stored under the idempotency key.
struct StripeAnswer: Sendable {
    var status: Int
    var body: [UInt8]
    static func ok(_ object: some Encodable) throws -> StripeAnswer {
        StripeAnswer(status: 200, body: try StripeJSON.encode(object))
    }

    static func refused(_ error: StripeError, requestID: String) throws -> StripeAnswer {
        StripeAnswer(status: error.status, body: try StripeJSON.encode(StripeErrorBody(error, requestID: requestID)))
    }
}
