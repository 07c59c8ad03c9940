/// What holds for every request of a client.
public struct WebClientConfiguration: Sendable {
    /// Sent unless a request has a `User-Agent` of its own.
    public var userAgent: String
    /// How names become addresses; tests play a DNS server here.
    var resolve: HostResolver = .system
    /// The ports a guarded request may name.
    var guardedPorts: Set<Int> = [80, 443]
    /// Addresses the guard lets pass although they are not public: a test's own server.
    var guardExceptions: Set<IPAddress> = []

    /// The defaults.
    public init(userAgent: String = "IGNY8/1.0 (+https://igny8.com)") { self.userAgent = userAgent }
}
