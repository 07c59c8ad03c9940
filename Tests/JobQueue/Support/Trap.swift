import NIOConcurrencyHelpers

/// What a test puts at a failpoint: the first to come there is held until the test lets it go; who comes later passes.
final class Trap: Sendable {
    private enum Way { case on, failing }

    private let arrivals = NIOLockedValueBox(0)
    private let way = NIOLockedValueBox(Way.on)
    private let arrived = Gate()
    private let released = Gate()

    /// How often the step was reached.
    var count: Int { arrivals.withLockedValue { $0 } }

    /// The action for the failpoint.
    @Sendable func spring() async throws {
        let number = arrivals.withLockedValue { arrivals in
            arrivals += 1
            return arrivals
        }
        guard number == 1 else { return }
        arrived.open()
        await released.wait()
        if way.withLockedValue({ $0 == .failing }) { throw Mishap("caught in a trap") }
    }

    /// Returns when somebody is caught.
    func caught() async { await arrived.wait() }

    /// Lets the one that is caught go on.
    func release() { released.open() }

    /// Lets it go no further: the step fails, as in a process that has died there.
    func fail() {
        way.withLockedValue { $0 = .failing }
        released.open()
    }
}
