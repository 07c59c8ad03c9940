/// A failure the sandbox was told to play: which calls, how, and how often.
struct Fault: Codable, Hashable, Sendable {
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// The answer comes `milliseconds` late.
        case latency
        /// 429 with `Retry-After`, before anything is done.
        case tooManyRequests = "429"
        /// 500 from within the endpoint, before its effect: stored under the idempotency key, as Stripe does.
        case serverError = "500"
        /// 503, before anything is done or stored.
        case unavailable = "503"
        /// The connection is reset before anything is done.
        case reset
        /// The effect is committed, the answer never comes: the connection is held for `milliseconds`, then cut.
        case timeoutAfterEffect = "timeout_after_effect"
        /// The effect is committed, the connection is reset at once.
        case resetAfterEffect = "reset_after_effect"
        /// The effect is committed, and what is answered is not what was promised: see ``spoil(_:_:)``.
        case garbage
        case halfBody = "half_body"
        case redirectInside = "redirect_inside"
        case endlessBody = "endless_body"
        /// SMTP: a temporary refusal.
        case mailTemporary = "451"
        /// SMTP: a final refusal.
        case mailPermanent = "550"

        var isAfterEffect: Bool { self == .timeoutAfterEffect || self == .resetAfterEffect }
    }

    enum Provider: String, Codable, CaseIterable, Sendable {
        case stripe, paypal, wordpress, smtp, ahrefs, google
        case speedyindex, omega, linkcentaur, indexnow, colossus
    }

    var id: Int64
    var provider: Provider
    /// `POST /v1/invoices/*/pay`: a `*` stands for part of one segment, `**` for anything.
    var match: String
    var kind: Kind
    /// How many more calls it strikes; without a count, all.
    var remaining: Int64?
    /// How likely it strikes a matching call; without one, always.
    var probability: Double?
    var seed: Int64
    var milliseconds: Int64?
    /// Seconds.
    var retryAfter: Int64?
    /// Calls that matched, and calls that were struck.
    var seen: Int64
    var hits: Int64

    /// Whether the n-th matching call is struck: it follows from the seed.
    func strikes(call: Int64) -> Bool {
        guard let probability else { return true }
        var dice = SplitMix64(seed: UInt64(bitPattern: seed) ^ UInt64(bitPattern: call) &* 0xD1B5_4A32_D192_ED03)
        return dice.chance(probability)
    }
}
