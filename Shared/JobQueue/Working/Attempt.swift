import NIOConcurrencyHelpers

/// One attempt at a job in this process, from claim to acknowledgement.
final class Attempt: Sendable {
    /// Why a handler was cancelled; it decides what its failure means.
    enum Cancellation: Sendable, Hashable {
        /// It took longer than the task allows: a failure.
        case deadline
        /// Someone cancelled the job.
        case requested
        /// The worker stops and gives back what it holds, or has lost touch with PostgreSQL.
        case givenBack
        /// The job is not ours any more: nothing may be written.
        case lost
    }

    let job: ClaimedJob
    let startedAt = Instant.now
    let deadline: Instant

    private struct State {
        var handler: Task<Void, Never>?
        var cancellation: Cancellation?
        var isCompletedInTransaction = false
        var isHandled = false
    }

    private let state = NIOLockedValueBox(State())

    init(_ job: ClaimedJob, timeout: Duration) {
        self.job = job
        deadline = startedAt + timeout
    }

    /// The first reason stands, except that a lost job stays lost.
    func cancel(_ reason: Cancellation) {
        let handler = state.withLockedValue { state in
            if state.cancellation == nil || reason == .lost { state.cancellation = reason }
            return state.handler
        }
        handler?.cancel()
    }

    func attach(_ handler: Task<Void, Never>) {
        let isCancelled = state.withLockedValue { state in
            state.handler = handler
            return state.cancellation != nil
        }
        if isCancelled { handler.cancel() }
    }

    var cancellation: Cancellation? { state.withLockedValue { $0.cancellation } }

    /// The caller's transaction with ``JobContext/complete(in:)`` in it has committed: nothing is left to acknowledge.
    func completedInTransaction() { state.withLockedValue { $0.isCompletedInTransaction = true } }

    /// The handler has returned, whatever may still be to write.
    func handled() { state.withLockedValue { $0.isHandled = true } }

    var isHandled: Bool { state.withLockedValue { $0.isHandled } }

    var isCompletedInTransaction: Bool { state.withLockedValue { $0.isCompletedInTransaction } }
}
