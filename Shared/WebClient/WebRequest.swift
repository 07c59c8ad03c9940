/// A method of HTTP, such as `.get`.
public struct WebMethod: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    /// As it stands on the wire.
    public let rawValue: String

    /// A method of this name.
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { self.rawValue = value }

    public static let get: WebMethod = "GET"
    public static let head: WebMethod = "HEAD"
    public static let post: WebMethod = "POST"
    public static let put: WebMethod = "PUT"
    public static let patch: WebMethod = "PATCH"
    public static let delete: WebMethod = "DELETE"

    /// RFC 9110, 9.2.2: repeating it does what doing it once did.
    var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(rawValue) }
}

/// Whether a request may be sent again when it failed.
public enum WebRetry: Sendable, Equatable {
    /// One attempt.
    case none
    /// At most so many attempts in all. A request is repeated only where that is safe: by its method, by an
    /// `Idempotency-Key` or `PayPal-Request-Id` header, or because no byte of it had left.
    case idempotent(attempts: Int)
}

/// One request over HTTP or HTTPS.
public struct WebRequest: Sendable {
    /// The method; `.get` unless told.
    public var method: WebMethod
    /// An absolute URL.
    public var url: String
    /// Sent as given; credentials (`Authorization`) are the caller's. They do not follow a redirect to another origin.
    public var headers: [(name: String, value: String)]
    /// What is sent; nil sends none.
    public var body: [UInt8]?
    /// For one attempt with its redirects.
    public var timeout: Duration
    /// For name resolution and the connection, TLS included; part of `timeout`.
    public var connectTimeout: Duration
    /// The most bytes of a body that are taken, counted after decompression; beyond it the request fails as `tooLarge`.
    public var maximumBodyBytes: Int
    /// Whether and how often to try again.
    public var retry: WebRetry
    /// Whether the address must be public and the port 80 or 443 (spec 10). False only for configured providers; even
    /// then a redirect to another origin is guarded.
    public var guardAddresses: Bool
    /// 0 gives the redirect itself; at most 5.
    public var maximumRedirects: Int

    /// A request with the defaults: guarded, 30 s (5 s to connect), 8 MiB of body, no retry, up to 5 redirects.
    public init(
        method: WebMethod = .get,
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(5),
        maximumBodyBytes: Int = 8 << 20,
        retry: WebRetry = .none,
        guardAddresses: Bool = true,
        maximumRedirects: Int = 5
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumBodyBytes = maximumBodyBytes
        self.retry = retry
        self.guardAddresses = guardAddresses
        self.maximumRedirects = maximumRedirects
    }

    /// The first header of this name, whatever its case.
    public func header(_ name: String) -> String? { headers.first { $0.name.equalsHeader(name) }?.value }

    /// Whether sending it twice does what sending it once does.
    var isIdempotent: Bool {
        method.isIdempotent || header("Idempotency-Key") != nil || header("PayPal-Request-Id") != nil
    }
}

extension String {
    /// Header names have no case.
    func equalsHeader(_ other: String) -> Bool { lowercased() == other.lowercased() }
}
