/// Pauses between attempts to connect: 50 ms, doubled up to 2 s, each shortened by up to half at random so that the
/// processes of one house do not come back to a restarted server in step.
struct Backoff {
    private var next = Duration.milliseconds(50)
    private let longest = Duration.seconds(2)

    mutating func pause() -> Duration {
        defer { next = min(next * 2, longest) }
        return next * Double.random(in: 0.5...1)
    }
}
