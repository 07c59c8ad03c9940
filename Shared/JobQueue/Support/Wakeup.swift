import NIOConcurrencyHelpers

/// A doorbell: one task waits, anyone rings. A ring while nobody waits is kept, several are one.
final class Wakeup: Sendable {
    private struct State {
        var isRung = false
        var waiter: (number: Int, continuation: CheckedContinuation<Void, Never>)?
        var waits = 0
        /// The last wait that ended by itself, perhaps before its continuation was here.
        var ended = 0
    }

    private let state = NIOLockedValueBox(State())

    func ring() {
        let waiter = state.withLockedValue { state in
            let waiter = state.waiter
            state.waiter = nil
            if waiter == nil { state.isRung = true }
            return waiter
        }
        waiter?.continuation.resume()
    }

    /// Returns when rung, after `limit`, or when the task is cancelled; the caller looks at the world again anyway.
    func wait(upTo limit: Duration) async {
        let number = state.withLockedValue { state in
            state.waits += 1
            return state.waits
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            end(wait: number)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let goesOn = state.withLockedValue { state in
                    if state.isRung || Task.isCancelled || state.ended == number {
                        state.isRung = false
                        return true
                    }
                    state.waiter = (number, continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            end(wait: number)
        }
        timer.cancel()
    }

    /// Returns when rung or when the task is cancelled.
    func wait() async {
        let number = state.withLockedValue { state in
            state.waits += 1
            return state.waits
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let goesOn = state.withLockedValue { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiter = (number, continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            end(wait: number)
        }
    }

    private func end(wait number: Int) {
        let waiter = state.withLockedValue { state in
            state.ended = max(state.ended, number)
            guard state.waiter?.number == number else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiter = nil }
            return state.waiter?.continuation
        }
        waiter?.resume()
    }
}
