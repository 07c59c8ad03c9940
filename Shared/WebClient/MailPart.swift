import FoundationEssentials

/// A part of a mail: its own headers, an empty line, its content. Lines end with CR LF.
struct MailPart {
    let text: String

    /// Text as quoted-printable, so that it can be read on the wire.
    init(text: String, type: String) {
        self.text =
            "Content-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + QuotedPrintable.encode(text) + "\r\n"
    }

    init(_ attachment: MailAttachment) {
        let name = EncodedWord.parameter("filename", attachment.filename)
        let type = attachment.contentType.filter { !$0.isNewline }
        let content = Data(attachment.content)
            .base64EncodedString(options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        self.text =
            "Content-Type: \(type)\r\nContent-Disposition: attachment; \(name)\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n\(content)\r\n"
    }

    init(kind: String, boundary: String, parts: [MailPart]) {
        let inside = parts.map { "--\(boundary)\r\n\($0.text)" }.joined()
        self.text = "Content-Type: multipart/\(kind); boundary=\"\(boundary)\"\r\n\r\n\(inside)--\(boundary)--\r\n"
    }
}

/// RFC 2045, 6.7.
enum QuotedPrintable {
    static func encode(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map { encode(line: $0) }
            .joined(separator: "\r\n")
    }

    private static func encode(line: Substring) -> String {
        var encoded = ""
        var width = 0
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let isBlank = byte == 0x20 || byte == 0x09
            let isPlain = (0x21...0x7e).contains(byte) && byte != 0x3d || isBlank && index != bytes.count - 1
            let word = isPlain ? String(UnicodeScalar(byte)) : "=" + Hexadecimal.upper(byte)
            // 76 with the soft break's own `=`.
            if width + word.utf8.count > 75 {
                encoded += "=\r\n"
                width = 0
            }
            encoded += word
            width += word.utf8.count
        }
        return encoded
    }
}

enum Hexadecimal {
    private static let digits = Array("0123456789ABCDEF")
    static func upper(_ byte: UInt8) -> String { "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])" }
}
