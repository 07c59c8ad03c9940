/// The language of a name, as far as its letters tell: what fonts and screen readers go by.
enum NameLanguage {
    /// BCP 47; nil for Latin letters, which are the document's own.
    static func of(_ name: String) -> String? {
        var counts: [String: Int] = [:]
        for scalar in name.unicodeScalars {
            if let script = script(scalar.value) { counts[script, default: 0] += 1 }
        }
        // Kana decide among Han letters, and Hangul among both.
        if counts["ja"] != nil { return "ja" }
        if counts["ko"] != nil { return "ko" }
        guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return nil }
        guard most.key == "ar" else { return most.key }
        if name.unicodeScalars.contains(where: { urdu.contains($0.value) }) { return "ur" }
        return name.unicodeScalars.contains { persian.contains($0.value) } ? "fa" : "ar"
    }

    /// Letters that Urdu has and Arabic and Persian have not: ٹ ڈ ڑ ں ھ ہ ے.
    private static let urdu: Set<UInt32> = [0x679, 0x688, 0x691, 0x6BA, 0x6BE, 0x6C1, 0x6D2, 0x6D3]
    /// Letters that Persian shares with Urdu: پ چ ژ گ ک ی.
    private static let persian: Set<UInt32> = [0x67E, 0x686, 0x698, 0x6AF, 0x6A9, 0x6CC]

    private static func script(_ value: UInt32) -> String? {
        switch value {
        case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFF: "ar"
        case 0x3040...0x30FF: "ja"
        case 0xAC00...0xD7AF, 0x1100...0x11FF: "ko"
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x2FA1F: "zh"
        case 0x590...0x5FF: "he"
        case 0x370...0x3FF: "el"
        case 0x400...0x4FF: "ru"
        case 0x900...0x97F: "hi"
        case 0x980...0x9FF: "bn"
        case 0xB80...0xBFF: "ta"
        case 0xE00...0xE7F: "th"
        default: nil
        }
    }
}
