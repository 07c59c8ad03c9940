/// How heavy letters are.
enum LabelWeight {
    case regular, semibold
}

/// One line of text, ready to draw, and how wide it will be.
struct Label {
    /// In the order it is seen, letters joined.
    let text: String
    let size: Double
    let weight: LabelWeight
    /// In pixels: the sum of its characters' widths, as the renderer adds them up.
    let width: Double

    init(_ text: String, size: Double = Label.regularSize, weight: LabelWeight = .regular) {
        self.text = Self.drawable(text)
        self.size = size
        self.weight = weight
        width = Self.width(of: self.text, size: size, weight: weight)
    }

    /// Measures text that is in its drawable form already.
    init(measured drawable: String, size: Double, weight: LabelWeight) {
        text = drawable
        self.size = size
        self.weight = weight
        width = Self.width(of: drawable, size: size, weight: weight)
    }

    /// The text, or as much of its beginning as fits, and "…".
    init(_ text: String, fitting room: Double, size: Double = Label.regularSize, weight: LabelWeight = .regular) {
        let whole = Label(text, size: size, weight: weight)
        guard whole.width > room else {
            self = whole
            return
        }
        let characters = Array(text)
        var (fits, tooLong) = (0, characters.count)
        while tooLong - fits > 1 {
            let count = (fits + tooLong) / 2
            if Label(Self.cut(characters, to: count), size: size, weight: weight).width <= room {
                fits = count
            } else {
                tooLong = count
            }
        }
        self.init(fits == 0 ? "" : Self.cut(characters, to: fits), size: size, weight: weight)
    }

    /// Lines of words that fit, the last cut off where there are more than allowed.
    static func lines(
        _ text: String,
        fitting room: Double,
        atMost limit: Int,
        size: Double = Label.regularSize,
        weight: LabelWeight = .regular
    ) -> [Label] {
        var lines: [Label] = []
        var rest = text.split(whereSeparator: \.isWhitespaceThatBreaks)
        while !rest.isEmpty {
            if lines.count == limit - 1 {
                lines.append(Label(rest.joined(separator: " "), fitting: room, size: size, weight: weight))
                break
            }
            var count = 1
            while count < rest.count,
                Label(rest.prefix(count + 1).joined(separator: " "), size: size, weight: weight).width <= room
            { count += 1 }
            let line = rest.prefix(count).joined(separator: " ")
            lines.append(Label(line, fitting: room, size: size, weight: weight))
            rest.removeFirst(count)
        }
        return lines
    }

    /// 8¼ points on paper: the least that reads well in print.
    static let regularSize = 11.0
    /// Above the baseline: Inter's capitals reach 0.73 em; accents on them are rare and stay within.
    static let ascent = 0.76
    /// Below the baseline.
    static let descent = 0.22

    private static func cut(_ characters: [Character], to count: Int) -> String {
        var kept = characters.prefix(count)
        while let last = kept.last, last.isWhitespace || last.isPunctuation { kept.removeLast() }
        return String(kept) + "…"
    }

    /// Control characters out, Arabic letters joined, all in the order it is seen in.
    private static func drawable(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x2028, 0x2029: scalars.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF,
                0xFFFE, 0xFFFF:
                break
            default: scalars.append(scalar)
            }
        }
        var drawable = String.UnicodeScalarView()
        guard VisualOrder.needed(for: scalars) else {
            drawable.append(contentsOf: scalars)
            return String(drawable)
        }
        // The marks say "as it stands, left to right" to a browser, which would turn the text around once more.
        drawable.append("\u{202D}")
        drawable.append(contentsOf: VisualOrder.ordered(ArabicShaping.shaped(scalars)))
        drawable.append("\u{202C}")
        return String(drawable)
    }

    /// The width of text that is in its drawable form.
    private static func width(of text: String, size: Double, weight: LabelWeight) -> Double {
        var thousandths = 0
        for scalar in text.unicodeScalars { thousandths += advance(scalar, weight) }
        return Double(thousandths) * size / 1_000
    }

    private static func advance(_ scalar: Unicode.Scalar, _ weight: LabelWeight) -> Int {
        let value = scalar.value
        for block in FontWidths.blocks where value >= block.first {
            let widths = weight == .regular ? block.regular : block.semibold
            let index = Int(value - block.first)
            if index < widths.count, widths[index] > 0 { return Int(widths[index]) }
        }
        switch value {
        case 0x202A...0x202E: return 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 1_000
        case 0x1F000...0x1FAFF: return 1_300
        default: return 750
        }
    }
}

extension Character {
    /// A no-break space keeps a number and its unit on one line.
    fileprivate var isWhitespaceThatBreaks: Bool { isWhitespace && self != "\u{A0}" && self != "\u{202F}" }
}
