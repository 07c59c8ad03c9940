/// An e-mail address that a mail server would take: one `@`, a local part of at most 64 bytes without spaces or control
/// characters, a domain with at least one dot. Kept in lower case, so that it is unique as written.
public struct EmailAddress: Hashable, Sendable, RawRepresentable {
    /// The address in lower case.
    public let rawValue: String

    /// Reads an address.
    /// - Returns: nil when it cannot be one.
    public init?(rawValue text: String) {
        self.init(text)
    }

    /// Reads an address; spaces around it are dropped.
    /// - Returns: nil when it cannot be one.
    public init?(_ text: String) {
        var address = text.lowercased()[...]
        while address.first?.isWhitespace == true { address.removeFirst() }
        while address.last?.isWhitespace == true { address.removeLast() }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, address.utf8.count <= 254 else { return nil }
        let (local, domain) = (parts[0], parts[1])
        guard (1...64).contains(local.utf8.count),
            local.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !Self.forbidden.contains($0) }),
            !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..")
        else { return nil }
        guard let host = Domain(String(domain)), host.name == domain else { return nil }
        rawValue = String(address)
    }

    /// What would end or split an address in a header.
    private static let forbidden = Set(#"()<>[]:;,\""#.utf8)
}

extension EmailAddress: CustomStringConvertible {
    /// The address.
    public var description: String { rawValue }
}

extension EmailAddress: Codable {
    /// Reads the string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let address = EmailAddress(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an e-mail address")
        }
        self = address
    }

    /// Writes the string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
