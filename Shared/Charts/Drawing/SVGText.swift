extension String {
    /// Appends a coordinate: at most two decimals, no locale, no minus zero.
    mutating func append(coordinate value: Double) {
        guard value.isFinite else { return append("0") }
        let hundredths = Int((value * 100).rounded())
        if hundredths < 0 { append("-") }
        let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
        append(String(whole))
        guard rest > 0 else { return }
        append(rest < 10 ? ".0" : ".")
        append(String(rest.isMultiple(of: 10) ? rest / 10 : rest))
    }

    /// Appends text as XML has it, fit for content and for an attribute in double quotes.
    mutating func append(escaped text: String) {
        guard
            text.utf8.contains(where: {
                $0 < 0x20 || $0 == 0xE2 || $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22
            })
        else {
            return append(text)
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": append("&amp;")
            case "<": append("&lt;")
            case ">": append("&gt;")
            case "\"": append("&quot;")
            case _ where scalar.value < 0x20: append(" ")
            // Marks that turn the text after them around; the drawn labels carry U+202D and U+202C of our own.
            case "\u{202A}", "\u{202B}", "\u{202E}", "\u{2066}", "\u{2067}", "\u{2068}", "\u{2069}": break
            default: unicodeScalars.append(scalar)
            }
        }
    }
}

/// The data of a `<path>`.
struct PathData {
    private(set) var text = ""

    mutating func move(_ x: Double, _ y: Double) { command("M", x, y) }
    mutating func line(_ x: Double, _ y: Double) { command("L", x, y) }
    mutating func close() { text += "Z" }

    /// An arc of a circle to a point.
    mutating func arc(radius: Double, isLarge: Bool, clockwise: Bool, _ x: Double, _ y: Double) {
        text += "A"
        text.append(coordinate: radius)
        text += " "
        text.append(coordinate: radius)
        text += isLarge ? " 0 1 " : " 0 0 "
        command(clockwise ? "1 " : "0 ", x, y)
    }

    private mutating func command(_ letter: String, _ x: Double, _ y: Double) {
        text += letter
        text.append(coordinate: x)
        text += " "
        text.append(coordinate: y)
    }
}
