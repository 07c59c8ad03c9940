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

    /// All of a claim at once: it ends before the first of them does.
    ///
    /// A second claim of a job that is in hand already means that the first is void: PostgreSQL has forgotten it in a
    /// crash, or somebody has taken it away. Its handler is told; it holds no slot any more.
    func begin(_ claimed: [Attempt]) {
        let void = state.withLockedValue { state in
            claimed.compactMap { state.attempts.updateValue($0, forKey: $0.job.id) }
        }
        for attempt in void { attempt.cancel(.lost) }
    }

    func end(_ attempt: Attempt) { end(CollectionOfOne(attempt)) }

    /// All of a batch at once, so that the next claim is for as many.
    func end(_ ended: some Collection<Attempt>) {
        let isEmpty = state.withLockedValue { state in
            for attempt in ended where state.attempts[attempt.job.id] === attempt {
                state.attempts[attempt.job.id] = nil
            }
            return state.attempts.isEmpty
        }
        slotFreed.ring()
        if ended.contains(where: { $0.job.isSuspect }) { suspectEnded.ring() }
        if isEmpty { emptied.ring() }
    }

    /// Whether a row that PostgreSQL says is ours is in hand, or about to be.
    func knows(_ job: Int64, nonce: Int64) -> Bool {
        state.withLockedValue { $0.attempts[job]?.job.nonce == nonce || $0.claiming.contains(nonce) }
    }

    func find(_ job: Int64, nonce: Int64) -> Attempt? {
        state.withLockedValue { state in state.attempts[job].flatMap { $0.job.nonce == nonce ? $0 : nil } }
    }

    func find(_ job: Int64) -> Attempt? { state.withLockedValue { $0.attempts[job] } }

    func cancelAll(_ reason: Attempt.Cancellation) {
        for attempt in all { attempt.cancel(reason) }
    }

    /// Returns when nothing is in hand, or after `limit`.
    func waitUntilEmpty(upTo limit: Duration) async {
        let end = Instant.now + limit
        while count > 0, Instant.now < end { await emptied.wait(upTo: Instant.now.duration(to: end)) }
    }
}
