/// A colour of the sRGB space as a brand states it: `#1a73e8`.
public struct RGBColor: Hashable, Sendable {
    /// The three parts, 0 to 255.
    public let red, green, blue: UInt8

    /// Makes a colour of its three parts.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#1a73e8` or `#17e`, with or without the `#`.
    /// - Returns: nil for anything else.
    public init?(_ hex: some StringProtocol) {
        let digits = (hex.first == "#" ? hex.dropFirst() : hex[...]).map { $0.isASCII ? $0.hexDigitValue : nil }
        guard digits.count == 3 || digits.count == 6 else { return nil }
        let values = digits.compactMap { $0.map(UInt8.init) }
        guard values.count == digits.count else { return nil }
        let parts = values.count == 3 ? values.flatMap { [$0, $0] } : values
        self.init(red: parts[0] << 4 | parts[1], green: parts[2] << 4 | parts[3], blue: parts[4] << 4 | parts[5])
    }

    static let white = RGBColor(red: 255, green: 255, blue: 255)

    /// Relative luminance, 0 for black to 1 for white (WCAG 2.2).
    public var luminance: Double {
        let light = LinearRGB(self).parts
        return 0.2126 * light.x + 0.7152 * light.y + 0.0722 * light.z
    }

    /// Contrast ratio, 1 to 21 (WCAG 2.2): text needs 4.5, a shape 3.
    public func contrast(with other: RGBColor) -> Double {
        let (mine, theirs) = (luminance, other.luminance)
        return (max(mine, theirs) + 0.05) / (min(mine, theirs) + 0.05)
    }

    /// This colour with some of another in it, so that no transparency is needed.
    /// - Parameter share: 0 keeps this colour, 1 gives the other.
    func mixed(with other: RGBColor, _ share: Double) -> RGBColor {
        let (from, to) = (OKLab(self), OKLab(other))
        return OKLab(parts: from.parts + (to.parts - from.parts) * share).nearest
    }
}

extension RGBColor: CustomStringConvertible {
    /// `#1a73e8`.
    public var description: String {
        var text = "#"
        for part in [red, green, blue] {
            if part < 16 { text += "0" }
            text += String(part, radix: 16)
        }
        return text
    }
}
