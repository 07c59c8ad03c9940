/// An answer, whatever its status: 404 and 500 are answers, not errors.
public struct WebResponse: Sendable {
    /// Such as 200.
    public var status: Int
    /// In the order they came.
    public var headers: [(name: String, value: String)]
    /// Decompressed.
    public var body: [UInt8]
    /// The URL that answered, after redirects.
    public var finalURL: String

    /// An answer, for tests that play a server.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], finalURL: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
        self.finalURL = finalURL
    }

    /// The first header of this name, whatever its case.
    public func header(_ name: String) -> String? { headers.first { $0.name.equalsHeader(name) }?.value }

    /// The body as text; bytes that are not UTF-8 are replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }
}
