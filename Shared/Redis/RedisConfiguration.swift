import FoundationEssentials

/// Where the server is and how long to wait for it.
public struct RedisConfiguration: Sendable {
    /// A name or an address.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// The user of `AUTH`, where the server has more than the default one.
    public var username: String?
    /// The password of `AUTH`; nil sends none.
    public var password: String?
    /// The number of the database for `SELECT`.
    public var database: Int
    /// What `CLIENT LIST` shows.
    public var clientName: String
    /// For a TCP connection and its handshake.
    public var connectTimeout: Duration = .seconds(2)
    /// For a command's answer. On expiry the connection is dropped: its replies come in order, so one that hangs hangs all.
    public var commandTimeout: Duration = .seconds(5)
    /// How often `run()` asks whether the server still answers, so that `isReachable` stays true to the facts.
    public var pingInterval: Duration = .seconds(2)

    /// Reads `redis://[user[:password]@]host[:port][/database]`; throws a sentence that never holds the password.
    public init(url: String, clientName: String = "igny8") throws(RedisError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme else {
            throw .configuration("the Redis URL is not a URL; expected redis://[user:password@]host[:port][/database]")
        }
        guard scheme == "redis" else {
            throw .configuration("the Redis URL has the scheme \(scheme); only redis is spoken (no TLS)")
        }
        guard let host = parts.host, !host.isEmpty else {
            throw .configuration("the Redis URL names no host; expected redis://host[:port][/database]")
        }
        let path = parts.path.drop(while: { $0 == "/" })
        guard let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw .configuration("the Redis URL's path is \(parts.path); expected the number of a database, such as /0")
        }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = parts.port ?? 6379
        self.username = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        self.password = parts.password
        self.database = database
        self.clientName = clientName
    }
}
