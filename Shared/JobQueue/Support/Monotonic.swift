/// The monotonic clock: every duration inside a process is measured with it, whatever the wall or the calendar does.
typealias Instant = ContinuousClock.Instant

extension Duration {
    /// Seconds, for statements and metrics.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
