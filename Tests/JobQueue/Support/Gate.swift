import NIOConcurrencyHelpers

/// Holds tasks until a test lets them go on.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var isBeating = true
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = NIOLockedValueBox(State())

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLockedValue { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLockedValue { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// From now on ``holdBeat()`` waits until the gate is open, as in a process that is frozen.
    func stopBeating() { state.withLockedValue { $0.isBeating = false } }

    func holdBeat() async throws {
        if state.withLockedValue({ !$0.isBeating }) { await wait() }
    }
}

extension Bool {
    /// Sets the value and gives what it was.
    mutating func exchange(_ value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}
