/// Why Google gave no answer that can be used. Its description holds no token.
struct GoogleError: Error, Sendable, Hashable, CustomStringConvertible {
    enum Kind: Sendable, Hashable {
        /// `invalid_grant`: the consent has ended. Nothing helps but another.
        case consentEnded
        /// The consent does not reach this property.
        case denied
        /// Too much was asked; after a quarter of an hour there is more (spec 5.6).
        case quotaExceeded
        /// The access token is not taken: the next attempt brings a fresh one.
        case tokenRefused
        /// What we asked makes no sense there.
        case badRequest
        /// Overloaded or away.
        case unavailable
        /// An answer that is not what was promised.
        case unreadable
    }

    let kind: Kind
    let detail: String
    /// Whether Google may have done what it was asked for, without an answer that says so.
    let isOutcomeUnknown: Bool

    init(_ kind: Kind, _ detail: String, isOutcomeUnknown: Bool = false) {
        self.kind = kind
        self.detail = detail
        self.isOutcomeUnknown = isOutcomeUnknown
    }

    var description: String { "Google: \(detail)" }
}
