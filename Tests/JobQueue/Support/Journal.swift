import NIOConcurrencyHelpers

/// What tasks did, in order; tests wait for what is written here instead of sleeping.
final class Journal: Sendable {
    private struct Waiter {
        let number: Int
        let isEnough: @Sendable ([String]) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var entries: [String] = []
        var waiters: [Waiter] = []
        var waits = 0
    }

    private let state = NIOLockedValueBox(State())

    var entries: [String] { state.withLockedValue { $0.entries } }

    func write(_ entry: String) {
        let satisfied = state.withLockedValue { state in
            state.entries.append(entry)
            let satisfied = state.waiters.filter { $0.isEnough(state.entries) }
            state.waiters.removeAll { $0.isEnough(state.entries) }
            return satisfied
        }
        for waiter in satisfied { waiter.continuation.resume() }
    }

    func count(_ entry: String) -> Int { entries.count { $0 == entry } }

    /// Returns when it is so, or when the test has run out of time.
    func wait(until isEnough: @escaping @Sendable ([String]) -> Bool) async {
        let number = state.withLockedValue { state in
            state.waits += 1
            return state.waits
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLockedValue { state in
                    if Task.isCancelled || isEnough(state.entries) { return true }
                    state.waiters.append(Waiter(number: number, isEnough: isEnough, continuation: continuation))
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLockedValue { state in
                let index = state.waiters.firstIndex { $0.number == number }
                return index.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume()
        }
    }

    func wait(for entry: String, times: Int = 1) async {
        await wait { entries in entries.count { $0 == entry } >= times }
    }
}
