import Logging

/// Cancels handlers that take longer than their task allows, and all of them when the worker has no pulse (self-fence).
/// One loop for all: a timer for each of fifty thousand jobs a second would outlive its job by a minute.
struct DeadlineWatch: Sendable {
    let attempts: Attempts
    let pulse: Pulse
    /// A second at a lease of 30: what a deadline may be missed by.
    let tick: Duration
    let logger: Logger

    func run() async {
        var wasLost = false
        while !Task.isCancelled {
            try? await Task.sleep(for: tick)
            let now = Instant.now
            for attempt in attempts.all where attempt.deadline <= now { attempt.cancel(.deadline) }
            if pulse.isLost {
                if !wasLost { logger.error("no heartbeat answered for two thirds of a lease, giving back what runs") }
                attempts.cancelAll(.givenBack)
            }
            wasLost = pulse.isLost
        }
    }
}
