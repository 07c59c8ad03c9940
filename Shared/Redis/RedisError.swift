/// Why a command has no reply.
public enum RedisError: Error, Equatable, Sendable {
    /// The server refused the command; its own words, such as `WRONGTYPE Operation against a key …`.
    case server(String)
    /// There is no connection, or it was lost while the command was in flight: the command may or may not have run.
    case connection(String)
    /// No answer within the configured time. The connection is given up, because its replies are in order.
    case timeout
    /// The address cannot be used; a sentence for the operator.
    case configuration(String)
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .server(let message): "Redis answered: \(message)"
        case .connection(let message): "no connection to Redis: \(message)"
        case .timeout: "Redis did not answer in time"
        case .configuration(let message): message
        }
    }

    /// The script is not in the server's cache: nothing has run.
    var isMissingScript: Bool {
        if case .server(let message) = self { message.hasPrefix("NOSCRIPT") } else { false }
    }
}
