/// The number of an issued invoice, `IG-2026-000001`: gapless by issuer and year, given at issue from a locked counter
/// (spec 9.5). The year is that of the day of issue in the account's zone.
public struct InvoiceNumber: Hashable, Sendable, Comparable {
    /// Who issues: two to six capital letters, `IG` for the agency.
    public let issuer: String
    /// Year of issue.
    public let year: Int
    /// From 1, without a gap.
    public let sequence: Int

    /// The agency's own issuer key.
    public static let agencyIssuer = "IG"

    /// Composes a number.
    /// - Returns: nil for an issuer that is not 2…6 capital letters, or a sequence below 1.
    public init?(issuer: String = Self.agencyIssuer, year: Int, sequence: Int) {
        guard (2...6).contains(issuer.utf8.count),
            issuer.utf8.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains),
            (2000...9999).contains(year), sequence >= 1
        else { return nil }
        self.issuer = issuer
        self.year = year
        self.sequence = sequence
    }

    /// Reads `IG-2026-000001`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = Int(parts[1]), let sequence = Int(parts[2]) else { return nil }
        self.init(issuer: String(parts[0]), year: year, sequence: sequence)
        guard description == String(text) else { return nil }
    }

    /// By issuer, then in the order of issue.
    public static func < (left: Self, right: Self) -> Bool {
        (left.issuer, left.year, left.sequence) < (right.issuer, right.year, right.sequence)
    }
}

extension InvoiceNumber: CustomStringConvertible {
    /// `IG-2026-000001`; more digits when six no longer do.
    public var description: String {
        let digits = String(sequence)
        return "\(issuer)-\(year)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

extension InvoiceNumber: Codable {
    /// Reads the text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let number = InvoiceNumber(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "expected a number like IG-2026-000001"
            )
        }
        self = number
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
