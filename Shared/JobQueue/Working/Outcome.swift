package import Postgres

/// How one attempt ended, as the row will say.
package enum Verdict: String, Sendable, CaseIterable {
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
package struct Outcome: Sendable {
    let job: Int64
    let nonce: Int64
    var verdict: Verdict
    var delay: Duration
    var result: PostgresJSON?
    var error: String?

    package init(
        job: Int64,
        nonce: Int64,
        verdict: Verdict,
        delay: Duration = .zero,
        result: PostgresJSON? = nil,
        error: String? = nil
    ) {
        self.job = job
        self.nonce = nonce
        self.verdict = verdict
        self.delay = delay
        self.result = result
        self.error = error
    }
}
