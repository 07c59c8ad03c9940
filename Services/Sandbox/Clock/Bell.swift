import NIOConcurrencyHelpers

/// Wakes the one loop that waits at it; rung before anybody waits, the next wait returns at once.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var round = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())

    func ring() {
        state.withLockedValue { state in
            defer { state.waiter = nil }
            state.isRung = state.waiter == nil
            return state.waiter
        }?.resume()
    }

    /// Until the bell rings, the time is over, or the task is cancelled.
    func wait(atMost limit: Duration) async {
        let round = state.withLockedValue { state in
            state.round += 1
            return state.round
        }
        let alarm = Task {
            try await Task.sleep(for: limit)
            self.end(round)
        }
        defer { alarm.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLockedValue { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            end(round)
        }
    }

    /// Ends a wait, unless it is already another one.
    private func end(_ round: Int) {
        state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            guard state.round == round else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }?.resume()
    }
}
