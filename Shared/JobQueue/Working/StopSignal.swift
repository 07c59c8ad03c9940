import NIOConcurrencyHelpers

/// Tells a worker to stop, from a signal handler or a test: drain within a grace, or fall dead on the spot.
final class StopSignal: Sendable {
    enum Order: Sendable {
        case drain(grace: Duration)
        case kill
    }

    private let order = NIOLockedValueBox<Order?>(nil)
    private let bell = Wakeup()

    var isGiven: Bool { order.withLockedValue { $0 != nil } }

    /// The first order stands.
    func give(_ order: Order) {
        self.order.withLockedValue { $0 = $0 ?? order }
        bell.ring()
    }

    func sleep(upTo limit: Duration) async { await bell.wait(upTo: limit) }

    /// Returns the order when it is given, or nil when `task` has ended before.
    func wait(orUntil task: Task<Void, Never>) async -> Order? {
        let watch = Task {
            await task.value
            bell.ring()
        }
        defer { watch.cancel() }
        await bell.wait()
        return order.withLockedValue { $0 }
    }
}
