/// The numbered steps of the protocol at which a test may make the queue stop, fail or wait.
///
/// ```
/// Producer   P1 INSERT in the caller's transaction → P2 COMMIT → P3 hints to Redis → P4 return
/// Relay      R1 wait → R2 credit → R3 pending becomes queued → R4 hints to Redis → R5 repair
/// Worker     W1 take hints → W2 claim → W3 start handlers → W4 outcome → W5 acknowledge → W6 free the slots
/// ```
package enum Failpoint: String, CaseIterable, Sendable {
    /// P2 → P3: the transaction is durable, no hint is out.
    case committedBeforeHint
    /// R3 → R4: rows are queued, no hint is out.
    case queuedBeforeHint
    /// R5: before the missing hints are pushed.
    case beforeRepair
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
    /// Before a heartbeat is sent.
    case beforeBeat
    /// Before a due schedule's transaction.
    case beforeFire
}

/// What a test has put at the failpoints: nothing, outside of tests.
package struct Failpoints: Sendable {
    private let actions: [Failpoint: @Sendable () async throws -> Void]

    package static let none = Failpoints([:])

    package init(_ actions: [Failpoint: @Sendable () async throws -> Void]) { self.actions = actions }

    func reach(_ point: Failpoint) async throws {
        guard !actions.isEmpty, let action = actions[point] else { return }
        try await action()
    }
}
