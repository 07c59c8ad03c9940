/// What the API answers when it refuses, in the shape of spec 5 §4 "Errors".
struct StripeError: Error, Sendable {
    enum Kind: String, Codable, Sendable {
        case api = "api_error"
        case card = "card_error"
        case idempotency = "idempotency_error"
        case invalidRequest = "invalid_request_error"
    }

    var status: Int
    var kind: Kind
    var message: String
    var code: String?
    var param: String?
    var decline: Decline?
    var charge: String?
    var paymentIntent: PaymentIntent?
    var setupIntent: SetupIntent?
    var paymentMethod: PaymentMethod?
    /// Refused before the endpoint began to execute: such an answer is not stored under the idempotency key.
    var isBeforeExecution = false
    var headers: [(name: String, value: String)] = []
}

extension StripeError {
    static func invalid(_ message: String, param: String?, code: String? = nil) -> StripeError {
        StripeError(
            status: 400,
            kind: .invalidRequest,
            message: message,
            code: code,
            param: param,
            isBeforeExecution: true
        )
    }

    static func missing(_ param: String) -> StripeError {
        invalid("Missing required param: \(param).", param: param, code: "parameter_missing")
    }

    static func invalidInteger(_ text: String, param: String) -> StripeError {
        invalid("Invalid integer: \(text)", param: param, code: "parameter_invalid_integer")
    }

    static func unknownParameter(_ param: String) -> StripeError {
        invalid("Received unknown parameter: \(param)", param: param, code: "parameter_unknown")
    }

    static func noSuch(_ what: String, _ id: String, param: String = "id", status: Int = 404) -> StripeError {
        StripeError(
            status: status,
            kind: .invalidRequest,
            message: "No such \(what): '\(id)'",
            code: "resource_missing",
            param: param
        )
    }

    /// The object is not in a state that allows the call.
    static func state(_ message: String, code: String? = nil, param: String? = nil) -> StripeError {
        StripeError(status: 400, kind: .invalidRequest, message: message, code: code, param: param)
    }

    static let keyInUse = StripeError(
        status: 409,
        kind: .invalidRequest,
        message: "There is currently another in-progress request using this Idempotent Key (that probably means you "
            + "submitted twice, and the other request is still going through). Please try again later.",
        code: "idempotency_key_in_use",
        isBeforeExecution: true
    )

    static let lockTimeout = StripeError(
        status: 429,
        kind: .invalidRequest,
        message: "This object cannot be accessed right now because another API request is currently accessing it.",
        code: "lock_timeout",
        isBeforeExecution: true
    )

    static let keyMismatch = StripeError(
        status: 400,
        kind: .idempotency,
        message: "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            + "Try using a key other than the one given if you meant to execute a different request.",
        isBeforeExecution: true
    )

    static let serverFault = StripeError(
        status: 500,
        kind: .api,
        message: "An unknown error occurred."
    )

    static func unauthorized(_ message: String) -> StripeError {
        StripeError(status: 401, kind: .invalidRequest, message: message, isBeforeExecution: true)
    }
}

/// The `{"error": {…}}` envelope.
struct StripeErrorBody: Encodable {
    struct Detail: Encodable {
        var type: String
        var code: String?
        var declineCode: String?
        var message: String
        var param: String?
        var docUrl: String?
        var charge: String?
        var paymentIntent: PaymentIntent?
        var setupIntent: SetupIntent?
        var paymentMethod: PaymentMethod?
        var adviceCode: String?
        var networkDeclineCode: String?
        var requestLogUrl: String?
    }

    var error: Detail

    init(_ error: StripeError, requestID: String) {
        self.error = Detail(
            type: error.kind.rawValue,
            code: error.code,
            declineCode: error.decline?.declineCode,
            message: error.message,
            param: error.param,
            docUrl: error.code.map { "https://stripe.com/docs/error-codes/\($0.replacing("_", with: "-"))" },
            charge: error.charge,
            paymentIntent: error.paymentIntent,
            setupIntent: error.setupIntent,
            paymentMethod: error.paymentMethod,
            adviceCode: error.decline?.adviceCode,
            networkDeclineCode: error.decline?.networkDeclineCode,
            requestLogUrl: "https://dashboard.stripe.com/test/logs/\(requestID)"
        )
    }
}
