import FoundationEssentials

/// Machine time, where the outside world compares with its own: signatures of webhooks.
struct MachineClock: Sendable {
    var unixSeconds: @Sendable () -> Int64

    static let system = MachineClock { Int64(Date().timeIntervalSince1970) }
}
