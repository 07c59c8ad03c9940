import Postgres

/// How one attempt ended, as the row will say.
enum Verdict: String, Sendable, CaseIterable {
    /// T4: done.
    case completed
    /// T4: cancelled while it ran.
    case cancelled
    /// T5: failed, again later.
    case retried
    /// T5: not now, again later, costs nothing.
    case snoozed
    /// T6: failed for good.
    case dead
    /// T7: given back untouched, because the worker stops.
    case released
}

/// What the acker writes about one attempt.
struct Outcome: Sendable {
    let job: Int64
    let nonce: Int64
    var verdict: Verdict
    var delay: Duration = .zero
    var result: PostgresJSON?
    var error: String?
}
