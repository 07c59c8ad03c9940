import NIOConcurrencyHelpers

/// Everything this worker has in hand: its slots, its running attempts, the claims whose answer is still on the way.
///
/// A slot is held from the claim until the acknowledgement is answered (W6), so at most `capacity` outcomes are unwritten.
final class Attempts: Sendable {
    private struct State {
        var attempts: [Int64: Attempt] = [:]
        var claiming: Set<Int64> = []
    }

    let capacity: Int
    private let state = NIOLockedValueBox(State())
    /// Rung when a slot comes free.
    let slotFreed = Wakeup()
    /// Rung when a suspect has ended, and another may be claimed.
    let suspectEnded = Wakeup()
    /// Rung when nothing is in hand any more.
    private let emptied = Wakeup()

    init(capacity: Int) { self.capacity = capacity }

    var free: Int { state.withLockedValue { capacity - $0.attempts.count } }
    var count: Int { state.withLockedValue { $0.attempts.count } }
    var all: [Attempt] { state.withLockedValue { Array($0.attempts.values) } }

    /// A claim with this nonce is on its way: its rows are ours even before the answer is here.
    func beginClaim(_ nonce: Int64) { state.withLockedValue { _ = $0.claiming.insert(nonce) } }

    /// The claim was answered (its attempts have begun), or its answer is lost: then the self-audit finds its rows.
    func endClaim(_ nonce: Int64) { state.withLockedValue { _ = $0.claiming.remove(nonce) } }

    /// A second claim of a job that is in hand already means that the first is void: PostgreSQL has forgotten it in a
    /// crash, or somebody has taken it away. Its handler is told; it holds no slot any more.
    func begin(_ attempt: Attempt) {
        let void = state.withLockedValue { $0.attempts.updateValue(attempt, forKey: attempt.job.id) }
        void?.cancel(.lost)
    }

    func end(_ attempt: Attempt) {
        let isEmpty = state.withLockedValue { state in
            if state.attempts[attempt.job.id] === attempt { state.attempts[attempt.job.id] = nil }
            return state.attempts.isEmpty
        }
        slotFreed.ring()
        if attempt.job.isSuspect { suspectEnded.ring() }
        if isEmpty { emptied.ring() }
    }

    /// Whether a row that PostgreSQL says is ours is in hand, or about to be.
    func knows(_ job: Int64, nonce: Int64) -> Bool {
        state.withLockedValue { $0.attempts[job]?.job.nonce == nonce || $0.claiming.contains(nonce) }
    }

    func find(_ job: Int64, nonce: Int64) -> Attempt? {
        state.withLockedValue { state in state.attempts[job].flatMap { $0.job.nonce == nonce ? $0 : nil } }
    }

    func cancelAll(_ reason: Attempt.Cancellation) {
        for attempt in all { attempt.cancel(reason) }
    }

    /// Returns when nothing is in hand, or after `limit`.
    func waitUntilEmpty(upTo limit: Duration) async {
        let end = Instant.now + limit
        while count > 0, Instant.now < end { await emptied.wait(upTo: Instant.now.duration(to: end)) }
    }
}
