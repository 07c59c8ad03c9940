import DomainModel
import HTTPTypes
import Hummingbird

/// The problems of the API, each once, so that a client meets the same words everywhere.
extension Problem {
    static func malformed(_ detail: String, errors: [String: String] = [:]) -> Problem {
        Problem(.badRequest, "malformed", "The request cannot be read", detail, errors: errors)
    }

    static func invalid(_ errors: [String: String]) -> Problem {
        Problem(
            .unprocessableContent,
            "invalid",
            "The request is not valid",
            errors.count == 1 ? "One field is not as expected." : "\(errors.count) fields are not as expected.",
            errors: errors
        )
    }

    static func invalid(_ field: String, _ expected: String) -> Problem { invalid([field: expected]) }

    static func unauthorized(_ detail: String) -> Problem {
        Problem(
            .unauthorized,
            "unauthorized",
            "Authentication is needed",
            detail,
            headers: [.wwwAuthenticate: "Bearer realm=\"igny8\""]
        )
    }

    static func forbidden(_ detail: String) -> Problem {
        Problem(.forbidden, "forbidden", "This is not allowed", detail)
    }

    static func featureDisabled(_ flag: String) -> Problem {
        Problem(
            .forbidden,
            "feature-disabled",
            "This feature is switched off",
            "The feature flag \(flag) is off for this account.",
            members: ["flag": .string(flag)]
        )
    }

    /// Names the level needed, the level held, and the cheapest plan that has it with its price (spec 6).
    static func notInPlan(_ refusal: FeatureGate.Refusal) -> Problem {
        let offer = refusal.offer
        return Problem(
            .forbidden,
            "feature-not-in-plan",
            "The plan does not include this",
            "\(refusal.subject) needs \(refusal.needed); this account has \(refusal.held). "
                + (offer.map { "The plan \($0.plan) includes it, for \($0.price) a month." } ?? "No plan includes it."),
            members: [
                "feature": .string(refusal.subject), "needed": .string(refusal.needed),
                "held": .string(refusal.held), "plan": offer.map { .string($0.plan.rawValue) } ?? .null,
                "plan_price": offer.map { .string($0.price.decimalString) } ?? .null,
                "currency": offer.map { .string($0.price.currency.code) } ?? .null,
            ]
        )
    }

    static func paymentNeeded(_ detail: String) -> Problem {
        Problem(.paymentRequired, "payment-needed", "A payment is needed first", detail)
    }

    static func spendStopped(_ stopped: SpendStopped) -> Problem {
        Problem(
            .paymentRequired,
            "spend-stopped",
            "Nothing is spent while the account is past due",
            stopped.description,
            members: [
                "at_risk": .array(
                    stopped.atRisk.map { amount in
                        .object([
                            "amount": .string(amount.decimalString), "currency": .string(amount.currency.code),
                        ])
                    }
                )
            ]
        )
    }

    static let notFound = Problem(.notFound, "not-found", "Not found", "There is nothing at this address.")

    static func methodNotAllowed(allow: String) -> Problem {
        Problem(
            .methodNotAllowed,
            "method-not-allowed",
            "Method not allowed",
            "This address answers \(allow).",
            headers: [.allow: allow]
        )
    }

    static func conflict(_ type: String = "conflict", _ detail: String) -> Problem {
        Problem(.conflict, type, "The present state does not allow this", detail)
    }

    static let preconditionFailed = Problem(
        .preconditionFailed,
        "precondition-failed",
        "The resource has changed",
        "If-Match does not name the present version: read it again, then repeat the change."
    )

    static func tooLarge(_ limit: Int) -> Problem {
        Problem(
            .contentTooLarge,
            "too-large",
            "The body is too large",
            "At most \(limit) bytes are read here.",
            headers: [.connection: "close"]
        )
    }

    static let unsupportedMediaType = Problem(
        .unsupportedMediaType,
        "unsupported-media-type",
        "Unsupported media type",
        "The body must be sent as application/json."
    )

    static func tooManyRequests(retryAfter seconds: Int) -> Problem {
        Problem(
            .tooManyRequests,
            "too-many-requests",
            "Too many requests",
            "Try again in \(seconds) s.",
            headers: [.retryAfter: String(seconds)]
        )
    }

    static let unavailable = Problem(
        .serviceUnavailable,
        "unavailable",
        "The service is not available",
        "The database cannot be reached just now; nothing was changed.",
        headers: [.retryAfter: "2"]
    )

    static let unexpected = Problem(
        .internalServerError,
        "unexpected",
        "Something went wrong here",
        "The fault is ours and was logged under this request's id."
    )
}

extension HTTPResponse.Status {
    static let paymentRequired = HTTPResponse.Status(code: 402, reasonPhrase: "Payment Required")
}
