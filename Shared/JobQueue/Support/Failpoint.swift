/// The numbered steps of the protocol at which a test may make the queue stop, fail or wait.
///
/// ```
/// Producer   P1 INSERT in the caller's transaction → P2 COMMIT → P3 hints to Redis → P4 return
/// Relay      R1 wait → R2 credit → R3 pending becomes queued → R4 hints to Redis → R5 repair
/// Worker     W1 take hints → W2 claim → W3 start handlers → W4 outcome → W5 acknowledge → W6 free the slots
/// Heartbeat  beat and audit → Reaper  declare dead, take away → Cron  move on and enqueue → Drain
/// ```
package enum Failpoint: String, CaseIterable, Sendable {
    /// Before P1: nothing is written.
    case beforeInsert
    /// P1 → P2: the rows are in the caller's transaction, which may still roll back.
    case insertedBeforeCommit
    /// P2 → P3: the transaction is durable, no hint is out.
    case committedBeforeHint
    /// P3 → P4: hints are out, the caller does not know yet.
    case hintedBeforeReturn
    /// R1 → R2: the relay is awake.
    case awakeBeforeCredit
    /// R2 → R3: there is room, nothing is admitted.
    case creditBeforeAdmit
    /// R3 → R4: rows are queued, no hint is out.
    case queuedBeforeHint
    /// R4 → R1: hints are out.
    case hintedBeforeWait
    /// R5: before the missing hints are pushed.
    case beforeRepair
    /// R5: hints and epoch are in Redis, PostgreSQL remembers the epoch before.
    case repairedBeforeEpoch
    /// Before W1: slots are free, no hint is taken.
    case beforeTake
    /// W1 → W2: hints are taken, nothing is claimed.
    case takenBeforeClaim
    /// W2 → W3: the claim is committed, no handler runs.
    case claimedBeforeStart
    /// W3 → W4: the handler has done its work, nobody knows.
    case handledBeforeOutcome
    /// W4 → W5: before outcomes are sent.
    case beforeAcknowledge
    /// W5 → W6: outcomes are committed, the slots still held.
    case acknowledgedBeforeRelease
    /// After W6: the slots are free.
    case slotsFreed
    /// Before a heartbeat is sent.
    case beforeBeat
    /// The heartbeat is answered, the answer not yet acted upon.
    case beatBeforeAudit
    /// Before silent workers are declared dead.
    case beforeReap
    /// Workers are declared dead, their jobs not yet taken away.
    case declaredBeforeReap
    /// Before a due schedule's transaction.
    case beforeFire
    /// The schedule is moved on and its job written, nothing is committed.
    case firedBeforeCommit
    /// Drain: before untaken hints are given back.
    case beforeDrain
    /// Drain: the grace is over, what still runs is not yet given back.
    case graceBeforeRelease
    /// Drain: all is written, the worker's row still alive.
    case drainedBeforeGone
}

/// What a test has put at the failpoints: nothing, outside of tests. Then a step costs one comparison with nil.
package struct Failpoints: Sendable {
    private let actions: [Failpoint: @Sendable () async throws -> Void]?

    package static let none = Failpoints([:])

    package init(_ actions: [Failpoint: @Sendable () async throws -> Void]) {
        self.actions = actions.isEmpty ? nil : actions
    }

    @inline(__always)
    func reach(_ point: Failpoint) async throws {
        guard let actions else { return }
        try await actions[point]?()
    }
}
