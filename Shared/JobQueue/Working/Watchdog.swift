/// Finds a worker that does not work any more: its fetch loop hangs, or half of its slots are held by handlers that
/// ignore that their time is over. Such a worker ends, and with it its process, for the supervisor to start it anew.
///
/// It counts its own ticks and not time: a process that wakes from a long sleep is not stuck.
struct Watchdog: Sendable {
    let attempts: Attempts
    let fetching: Pulse
    /// How long the fetch loop may go without a round.
    let fetchLimit: Duration
    /// How long half of the handlers may go on after their deadline. By then the reaper has given their jobs to others.
    let deadlineLimit: Duration
    let tick: Duration

    /// Returns what is wrong, or nil when the task is cancelled.
    func run() async -> String? {
        var rounds = fetching.answers
        var withoutRound: Duration = .zero
        var overdue: Duration = .zero
        while !Task.isCancelled {
            try? await Task.sleep(for: tick)
            withoutRound = fetching.answers == rounds ? withoutRound + tick : .zero
            rounds = fetching.answers
            if withoutRound >= fetchLimit { return "the fetch loop hangs" }
            let now = Instant.now
            let late = attempts.all.count { $0.deadline <= now && !$0.isHandled }
            overdue = late > 0 && late * 2 >= attempts.capacity ? overdue + tick : .zero
            if overdue >= deadlineLimit {
                return "\(late) of \(attempts.capacity) slots are held by handlers that do not end"
            }
        }
        return nil
    }
}

/// Why ``JobWorker/run()`` gave up; the process should end and be started anew.
public struct StuckWorker: Error, Hashable, CustomStringConvertible {
    /// A sentence for the log.
    public let description: String
}
