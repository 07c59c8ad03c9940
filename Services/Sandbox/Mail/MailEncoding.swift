import FoundationEssentials

/// Bytes out of the encodings that mail dresses them in.
enum MailEncoding {
    static func decode(_ body: ArraySlice<UInt8>, transfer: String?) -> [UInt8] {
        switch transfer?.trimmed.lowercased() {
        case "base64":
            let text = body.filter { $0 != 13 && $0 != 10 && $0 != 32 }
            return Data(base64Encoded: Data(text)).map(Array.init) ?? []
        case "quoted-printable": return quotedPrintable(body)
        default: return Array(body)
        }
    }

    /// UTF-8 and its subset, or Latin-1; what is neither is shown as well as can be.
    static func text(_ bytes: [UInt8], charset: String?) -> String {
        switch charset?.lowercased() {
        case "iso-8859-1", "latin1", "windows-1252":
            String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
        default: String(decoding: bytes, as: UTF8.self)
        }
    }

    static func quotedPrintable(_ body: ArraySlice<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = body
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                decoded.append(byte)
                continue
            }
            if rest.first == 10 {
                rest = rest.dropFirst()
            } else if rest.first == 13 {
                rest = rest.dropFirst(2)
            } else if let high = hex(rest.first), let low = hex(rest.dropFirst().first) {
                decoded.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }

    /// RFC 2047: `=?utf-8?B?…?=`, where blanks between two such words are not meant.
    static func decodeWords(_ text: String) -> String {
        var decoded = ""
        var gap = ""
        var wasWord = false
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix("=?"), let (word, after) = word(rest) {
                if !wasWord { decoded += gap }
                decoded += word
                gap = ""
                wasWord = true
                rest = after
            } else {
                let character = rest.removeFirst()
                gap.append(character)
                if character != " " { wasWord = false }
                if !wasWord {
                    decoded += gap
                    gap = ""
                }
            }
        }
        return decoded + gap
    }

    private static func word(_ text: Substring) -> (String, Substring)? {
        let parts = text.dropFirst(2).split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].first == "=" else { return nil }
        let bytes: [UInt8]
        switch parts[1].uppercased() {
        case "B": bytes = decode(Array(parts[2].utf8)[...], transfer: "base64")
        case "Q": bytes = quotedPrintable(Array(parts[2].utf8).map { $0 == UInt8(ascii: "_") ? 32 : $0 }[...])
        default: return nil
        }
        return (Self.text(bytes, charset: String(parts[0])), parts[3].dropFirst())
    }

    private static func hex(_ byte: UInt8?) -> UInt8? {
        byte.flatMap { Character(UnicodeScalar($0)).hexDigitValue }.map { UInt8($0) }
    }
}
