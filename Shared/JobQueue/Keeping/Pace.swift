/// How many hints the workers take in a second, of late.
struct Pace: Sendable {
    private(set) var perSecond = 0.0
    private var last: (taken: Int, at: Instant)?

    /// Shorter stretches are mostly chance.
    private static let stretch: Duration = .milliseconds(100)

    /// The counter stands at `taken`. It may have been lost with Redis' memory: then the count begins anew.
    mutating func note(_ taken: Int, at now: Instant) {
        guard let last, taken >= last.taken else {
            self.last = (taken, now)
            return
        }
        let time = last.at.duration(to: now)
        guard time >= Self.stretch else { return }
        // At once up, in halves down: a pause of the relay must not look like a pause of the workers.
        perSecond = max(Double(taken - last.taken) / time.seconds, perSecond / 2)
        self.last = (taken, now)
    }
}
