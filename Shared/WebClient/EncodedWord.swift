import FoundationEssentials

/// Text in headers that are ASCII by rule (RFC 2047, RFC 2231).
enum EncodedWord {
    /// As it is where that is possible, else in base64 words of at most 75 characters, folded.
    static func encode(_ text: String) -> String {
        // A line that begins like an encoded word must be encoded, and a long one folded.
        let isPlain = text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.contains("=?")
        guard !isPlain || text.utf8.count > 900 else { return text }
        // 45 bytes make 60 characters of base64, 12 go for `=?utf-8?B?` and `?=`.
        var words: [String] = []
        var word: [UInt8] = []
        for character in text {
            let bytes = Array(String(character).utf8)
            if !word.isEmpty, word.count + bytes.count > 45 {
                words.append(wrap(word))
                word = []
            }
            word += bytes
        }
        if !word.isEmpty { words.append(wrap(word)) }
        return words.joined(separator: "\r\n ")
    }

    /// A name before an address: a quoted string where it is ASCII.
    static func phrase(_ text: String) -> String {
        guard text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }), !text.contains("=?") else { return encode(text) }
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// A parameter of a structured header, such as a file's name.
    static func parameter(_ name: String, _ value: String) -> String {
        let isSimple = value.utf8.allSatisfy { (0x20...0x7e).contains($0) && $0 != 0x22 && $0 != 0x5c }
        if isSimple { return "\(name)=\"\(value)\"" }
        let encoded = value.utf8.map { byte -> String in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            return isPlain || byte == 0x2e || byte == 0x2d || byte == 0x5f
                ? String(UnicodeScalar(byte)) : "%" + Hexadecimal.upper(byte)
        }
        return "\(name)*=utf-8''\(encoded.joined())"
    }

    private static func wrap(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Data(bytes).base64EncodedString())?=" }
}
