/// One word of a command; any bytes. A literal, a `String`, an integer or an array of bytes makes one.
public struct RedisArgument: Sendable, Hashable {
    /// What is sent, without any escaping: the protocol gives the length first.
    public var bytes: [UInt8]

    /// An argument of any bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A text, sent as UTF-8.
    public init(_ text: some StringProtocol) { self.bytes = Array(text.utf8) }

    /// A number, sent as decimal digits.
    public init(_ number: some BinaryInteger) { self.bytes = Array(String(number).utf8) }
}

extension RedisArgument: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self.init(value) }
    public init(integerLiteral value: Int) { self.init(value) }
}
