/// How far a request had come.
public enum WebStage: String, Sendable, Equatable {
    /// No connection yet: no byte of the request has left.
    case connecting
    /// The request is on its way or there, and no answer has begun.
    case waiting
    /// The answer has begun.
    case receiving
}

/// Why there is no answer. The descriptions hold no header, no body and no query of the URL.
public enum WebError: Error, Equatable, Sendable {
    /// Not an absolute `http` or `https` URL, or, guarded, a port other than 80 and 443.
    case invalidURL(String)
    /// A header or a method that cannot be sent.
    case invalidRequest(String)
    /// The guard: a name or an address that is not on the public internet.
    case refusedAddress(String)
    /// The name does not resolve or nobody answers there. No byte of the request has left.
    case connection(String)
    /// The handshake failed. No byte of the request has left.
    case tls(String)
    /// The time was over at this stage.
    case timeout(WebStage)
    /// The connection broke, or the answer made no sense, after bytes of the request had left.
    case interrupted(String)
    /// The answer's headers or body passed the limit.
    case tooLarge
    /// More redirects than allowed.
    case tooManyRedirects
    /// The task was cancelled; `sent` tells whether bytes of the request had left.
    case cancelled(sent: Bool)

    /// Whether the request may have reached the server without an answer that says so: true exactly when bytes of it
    /// may have left. What it would have done may be done; only an idempotent request may be sent again.
    public var isOutcomeUnknown: Bool {
        switch self {
        case .invalidURL, .invalidRequest, .refusedAddress, .connection, .tls, .tooManyRedirects: false
        case .timeout(let stage): stage != .connecting
        case .cancelled(let sent): sent
        case .interrupted, .tooLarge: true
        }
    }

    /// Whether the same request may do better a little later.
    var isPassing: Bool {
        switch self {
        case .connection, .timeout, .interrupted: true
        case .invalidURL, .invalidRequest, .refusedAddress, .tls, .tooLarge, .tooManyRedirects, .cancelled: false
        }
    }
}

extension WebError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidURL(let reason): "the URL cannot be used: \(reason)"
        case .invalidRequest(let reason): "the request cannot be sent: \(reason)"
        case .refusedAddress(let address): "the address \(address) is not on the public internet"
        case .connection(let reason): "no connection: \(reason)"
        case .tls(let reason): "no secure connection: \(reason)"
        case .timeout(let stage): "no answer in time (\(stage.rawValue))"
        case .interrupted(let reason): "the connection broke before the answer was complete: \(reason)"
        case .tooLarge: "the answer is larger than allowed"
        case .tooManyRedirects: "too many redirects"
        case .cancelled(let sent): sent ? "cancelled after it was sent" : "cancelled before it was sent"
        }
    }
}
