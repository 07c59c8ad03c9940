/// One call of the API: how it is recognised, how long its request id is kept, and what it does.
struct PayPalEndpoint: Sendable {
    typealias Handler = @Sendable (_ call: PayPalCall, _ scope: PayPalScope) async throws -> PayPalAnswer

    /// For how long an answer is kept under its request id (spec 5.5, "Idempotency").
    enum Memory: Int, Sendable {
        case none = 0
        case vault = 3
        case orders = 6
    }

    let method: String
    private let segments: [Substring]
    let memory: Memory
    let run: Handler

    /// A `*` in the pattern stands for an id, handed to the handler in order.
    init(_ method: String, _ pattern: String, memory: Memory = .none, _ run: @escaping Handler) {
        self.method = method
        segments = pattern.split(separator: "/")
        self.memory = memory
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

    static let all = VaultEndpoints.all + OrderEndpoints.all + CaptureEndpoints.all + PayPalBookEndpoints.all

    static func find(_ method: String, _ path: [Substring]) -> (endpoint: PayPalEndpoint, arguments: [String])? {
        for endpoint in all where endpoint.method == method {
            if let arguments = endpoint.match(path) { return (endpoint, arguments) }
        }
        return nil
    }
}

/// What a handler is given.
struct PayPalCall: Sendable {
    var arguments: [String]
    var query: [String: String]
    var body: [UInt8]
    var requestID: String?

    /// The body as a type.
    func decode<Value: Decodable>(_ type: Value.Type) throws(PayPalError) -> Value {
        do {
            return try StripeJSON.decode(type, from: body)
        } catch {
            throw .invalid("MALFORMED_REQUEST_JSON", "\(error)")
        }
    }

    /// PayPal wants a request id where a repetition would do harm.
    func requireRequestID() throws(PayPalError) {
        guard let requestID, (1...108).contains(requestID.utf8.count) else {
            throw .invalid("PAYPAL_REQUEST_ID_REQUIRED", "A PayPal-Request-Id of 1 to 108 characters is required.")
        }
    }
}

/// A status and a body, and of which object: a repetition is shown what that has become.
struct PayPalAnswer: Sendable {
    var status: Int
    var body: [UInt8]
    var kind: String?
    var object: String?

    static func created<Object: PayPalObject>(_ object: Object) throws -> PayPalAnswer {
        PayPalAnswer(status: 201, body: try StripeJSON.encode(object), kind: Object.kind, object: object.id)
    }

    static func ok(_ value: some Encodable) throws -> PayPalAnswer {
        PayPalAnswer(status: 200, body: try StripeJSON.encode(value))
    }

    /// What an object has become since it was made under a request id.
    static func present(_ kind: String, _ id: String, in scope: PayPalScope) async throws -> PayPalAnswer? {
        switch kind {
        case PayPalOrder.kind:
            guard let order = try await scope.find(PayPalOrder.self, id) else { return nil }
            return try .ok(try await OrderPayment.shown(order, in: scope))
        case PayPalRefund.kind: return try await scope.find(PayPalRefund.self, id).map { try .ok($0) }
        case PayPalPaymentToken.kind: return try await scope.find(PayPalPaymentToken.self, id).map { try .ok($0) }
        case PayPalSetupToken.kind: return try await scope.find(PayPalSetupToken.self, id).map { try .ok($0) }
        default: return nil
        }
    }
}
