import Foundation

/// A kind of string: how OpenAPI names it, what to tell a client, and which texts are of that kind.
struct TextFormat: Sendable {
    let name: String?
    let pattern: String?
    let expected: String
    let accepts: @Sendable (String) -> Bool

    static let name = TextFormat(name: nil, pattern: "^\\S(.*\\S)?$", expected: "text on one line, not blank") { text in
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        return !first.properties.isWhitespace && !last.properties.isWhitespace
            && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }

    static let email = TextFormat(name: "email", pattern: nil, expected: "an e-mail address") { text in
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), parts[1].contains(".") else { return false }
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+/=?^_`{|}~.-")
        return parts[0].allSatisfy(allowed.contains) && parts[0].first != "." && parts[0].last != "."
            && !parts[0].contains("..") && isDomain(parts[1])
    }

    /// Not `hostname`: that format forbids names such as `r3---sn.example.com`, which are in use.
    static let domain = TextFormat(
        name: nil,
        pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$",
        expected: "a domain name in lower case, such as example.com"
    ) { text in text == text.lowercased() && text.contains(".") && isDomain(text[...]) }

    static let url = TextFormat(name: "uri", pattern: "^https?://", expected: "an http or https URL") { text in
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else { return false }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && URL(string: text)?.host() != nil
    }

    static let money = TextFormat(
        name: nil,
        pattern: "^\\d{1,8}(\\.\\d{1,2})?$",
        expected: "an amount as a string, such as \"399.00\""
    ) { text in
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...8).contains(parts[0].utf8.count) else { return false }
        guard parts.count == 1 || (1...2).contains(parts[1].utf8.count) else { return false }
        return parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    static let currency = TextFormat(
        name: nil,
        pattern: "^[A-Z]{3}$",
        expected: "an ISO 4217 code such as USD"
    ) { text in text.utf8.count == 3 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) } }

    static let country = TextFormat(
        name: nil,
        pattern: "^[A-Z]{2}$",
        expected: "an ISO 3166 country code such as GB"
    ) { text in text.utf8.count == 2 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) } }

    static let timeZone = TextFormat(name: nil, pattern: nil, expected: "an IANA time zone such as Europe/London") {
        text in
        (text == "UTC" || text.contains("/")) && !text.hasPrefix("/") && !text.contains("..")
            && text.utf8.allSatisfy { isWord($0) || "/+-_".utf8.contains($0) } && TimeZone(identifier: text) != nil
    }

    static let day = TextFormat(name: "date", pattern: nil, expected: "a date as YYYY-MM-DD") { text in
        guard let (year, month, day) = civil(text), (1900...9999).contains(year) else { return false }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
    }

    static let month = TextFormat(name: nil, pattern: "^\\d{4}-(0[1-9]|1[0-2])$", expected: "a month as YYYY-MM") {
        text in
        text.utf8.count == 7 && TextFormat.day.accepts(text + "-01")
    }

    static let time = TextFormat(name: "date-time", pattern: nil, expected: "an RFC 3339 time") { text in
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return text.utf8.count >= 20 && (try? style.parse(text)) != nil
    }

    static let slug = TextFormat(
        name: nil,
        pattern: "^[a-z0-9_]+$",
        expected: "lower-case letters, digits and underscores"
    ) { text in text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "_") } && text == text.lowercased() }

    static let token = TextFormat(
        name: nil,
        pattern: "^[A-Za-z0-9_.-]+$",
        expected: "letters, digits, \".\", \"_\" and \"-\""
    ) { text in text.utf8.allSatisfy { isWord($0) || "_.-".utf8.contains($0) } }
}

/// The numbers of `YYYY-MM-DD`.
func civil(_ text: String) -> (year: Int, month: Int, day: Int)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
        text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }),
        let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    return (year, month, day)
}

private func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}

private func isDomain(_ text: Substring) -> Bool {
    text.utf8.count <= 253
        && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.allSatisfy { isWord($0) || $0 == 0x2D }
                && label.first != "-" && label.last != "-"
        }
}
