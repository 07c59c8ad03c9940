/// What the API answers when it refuses, in the shape of spec 5 §5 "Errors".
struct PayPalError: Error, Sendable {
    var status: Int
    var name: String
    var message: String
    var issue: String?
    var field: String?
    var description: String?
    var headers: [(name: String, value: String)] = []
    /// Refused before anything was looked at: such an answer is not kept under the request id.
    var isBeforeExecution = false
}

extension PayPalError {
    static func invalid(_ issue: String, _ description: String, field: String? = nil) -> PayPalError {
        PayPalError(
            status: 400,
            name: "INVALID_REQUEST",
            message: "Request is not well-formed, syntactically incorrect, or violates schema.",
            issue: issue,
            field: field,
            description: description,
            isBeforeExecution: true
        )
    }

    /// The request is well-formed, and cannot be done.
    static func unprocessable(_ issue: String, _ description: String) -> PayPalError {
        PayPalError(
            status: 422,
            name: "UNPROCESSABLE_ENTITY",
            message:
                "The requested action could not be performed, semantically incorrect, or failed business validation.",
            issue: issue,
            description: description
        )
    }

    static let notFound = PayPalError(
        status: 404,
        name: "RESOURCE_NOT_FOUND",
        message: "The specified resource does not exist.",
        issue: "INVALID_RESOURCE_ID",
        description: "Specified resource ID does not exist. Please check the resource ID and try again."
    )

    static let unauthorized = PayPalError(
        status: 401,
        name: "AUTHENTICATION_FAILURE",
        message: "Authentication failed due to invalid authentication credentials or a missing Authorization header.",
        isBeforeExecution: true
    )

    static let inProgress = PayPalError(
        status: 409,
        name: "RESOURCE_CONFLICT",
        message: "The server has detected a conflict while processing this request.",
        issue: "PREVIOUS_REQUEST_IN_PROGRESS",
        description: "A previous request on this resource is currently in progress.",
        isBeforeExecution: true
    )

    static let reused = PayPalError(
        status: 422,
        name: "UNPROCESSABLE_ENTITY",
        message: "The requested action could not be performed, semantically incorrect, or failed business validation.",
        issue: "DUPLICATE_REQUEST_ID",
        description: "The value of PayPal-Request-Id header has already been used.",
        isBeforeExecution: true
    )

    static let serverFault = PayPalError(
        status: 500,
        name: "INTERNAL_SERVER_ERROR",
        message: "An internal server error has occurred.",
        isBeforeExecution: true
    )

    static let unavailable = PayPalError(
        status: 503,
        name: "SERVICE_UNAVAILABLE",
        message: "Service is temporarily unavailable.",
        isBeforeExecution: true
    )

    static func rateLimit(retryAfter seconds: Int64) -> PayPalError {
        PayPalError(
            status: 429,
            name: "RATE_LIMIT_REACHED",
            message: "Too many requests. Blocked due to rate limiting.",
            headers: [("Retry-After", String(seconds))],
            isBeforeExecution: true
        )
    }

    /// The document.
    func body(debugID: String) -> [UInt8] {
        let detail = issue.map { issue in
            PayPalErrorBody.Detail(
                field: field,
                location: field == nil ? nil : "body",
                issue: issue,
                description: description
            )
        }
        let body = PayPalErrorBody(
            name: name,
            message: message,
            debugId: debugID,
            details: detail.map { [$0] } ?? [],
            links: []
        )
        return (try? StripeJSON.encode(body)) ?? []
    }
}

struct PayPalErrorBody: Encodable {
    struct Detail: Encodable {
        var field: String?
        var location: String?
        var issue: String
        var description: String?
    }

    var name: String
    var message: String
    var debugId: String
    var details: [Detail]
    var links: [PayPalLink]
}

struct PayPalLink: Codable, Hashable, Sendable {
    var href: String
    var rel: String
    var method = "GET"
}
