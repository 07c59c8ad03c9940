import NIOConcurrencyHelpers

/// When PostgreSQL has last answered a heartbeat. Without a pulse the worker must expect that its jobs are given to
/// others: it claims nothing, and cancels what runs.
final class Pulse: Sendable {
    private let limit: Duration
    private let answeredAt = NIOLockedValueBox(Instant.now)

    init(limit: Duration) { self.limit = limit }

    func answered() { answeredAt.withLockedValue { $0 = .now } }

    var isLost: Bool { answeredAt.withLockedValue { $0.duration(to: .now) >= limit } }
}
