/// Cancels handlers that take longer than their task allows. One loop for all: a timer for each of fifty thousand jobs a
/// second would outlive its job by a minute.
struct DeadlineWatch: Sendable {
    let attempts: Attempts
    /// A second at a lease of 30: what a deadline may be missed by.
    let tick: Duration

    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: tick)
            let now = Instant.now
            for attempt in attempts.all where attempt.deadline <= now { attempt.cancel(.deadline) }
        }
    }
}
