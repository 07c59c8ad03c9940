/// Why a charge failed, and what follows from it (spec 9.8).
public struct Decline: Hashable, Sendable, Codable {
    /// The gateway's word: `insufficient_funds`.
    public let code: String
    /// What the gateway said to it.
    public let message: String

    /// Records a decline.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// Whether another try could go better.
    public enum Severity: String, CaseIterable, Sendable {
        /// Tried again by the schedule.
        case soft
        /// Never tried again with this method: the client is asked to act.
        case hard
    }

    /// Soft unless the gateway's word is one of the final ones.
    public var severity: Severity { Self.final.contains(code) ? .hard : .soft }

    /// Whether the client's bank wants the client to confirm the charge (3-D Secure).
    public var needsAuthentication: Bool { code == "authentication_required" }

    /// Stolen or withdrawn cards, accounts that do not exist, and what only the client can do (Stripe's decline codes in
    /// small letters, PayPal's issues in capitals).
    private static let final: Set<String> = [
        "authentication_required", "expired_card", "fraudulent", "incorrect_number", "invalid_account",
        "invalid_number",
        "lost_card", "merchant_blacklist", "new_account_information_available", "no_such_account", "no_payment_method",
        "pickup_card", "restricted_card", "revocation_of_all_authorizations", "revocation_of_authorization",
        "security_violation", "stolen_card", "transaction_not_allowed",
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "PAYER_ACCOUNT_RESTRICTED", "PAYER_ACTION_REQUIRED", "PAYER_CANNOT_PAY",
        "TOKEN_EXPIRED", "TOKEN_ID_NOT_FOUND",
    ]
}
