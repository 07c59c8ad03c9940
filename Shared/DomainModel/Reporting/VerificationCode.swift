/// What is printed on a report to look it up by (spec 11.4): 80 random bits in Crockford's alphabet, which has no letters
/// that are read for others.
public struct VerificationCode: Hashable, Sendable {
    /// Sixteen letters and digits.
    public let text: String

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// Reads what a person typed: small letters, hyphens and blanks, O for 0, I and L for 1.
    public init?(_ typed: String) {
        var text = ""
        for character in typed.uppercased() where character != "-" && character != " " {
            switch character {
            case "O": text.append("0")
            case "I", "L": text.append("1")
            case _ where Self.alphabet.contains(character): text.append(character)
            default: return nil
            }
        }
        guard text.count == 16 else { return nil }
        self.text = text
    }

    /// In groups of four, as it is printed.
    public var grouped: String {
        stride(from: 0, to: 16, by: 4).map { String(text.dropFirst($0).prefix(4)) }.joined(separator: "-")
    }
}
