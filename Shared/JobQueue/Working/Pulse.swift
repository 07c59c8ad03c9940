import NIOConcurrencyHelpers

/// When something that should happen again and again has last happened: a heartbeat that PostgreSQL answered, a round of
/// the fetch loop.
///
/// Without a heartbeat the worker must expect that its jobs are given to others: it claims nothing, and cancels what
/// runs. Without a fetch loop it is of no use, and ends.
final class Pulse: Sendable {
    private struct State {
        var answeredAt = Instant.now
        var answers = 0
        var missedAt: Instant?
    }

    private let limit: Duration
    private let state = NIOLockedValueBox(State())

    init(limit: Duration) { self.limit = limit }

    func answered() {
        state.withLockedValue { state in
            state.answeredAt = .now
            state.answers += 1
        }
    }

    /// How often it has happened.
    var answers: Int { state.withLockedValue { $0.answers } }

    /// It should have been answered, and was not.
    func missed() { state.withLockedValue { $0.missedAt = .now } }

    var isLost: Bool { state.withLockedValue { $0.answeredAt.duration(to: .now) >= limit } }

    /// Whether none was missed within `time`.
    func isSteady(for time: Duration) -> Bool {
        state.withLockedValue { $0.missedAt.map { $0.duration(to: .now) >= time } ?? true }
    }
}
