#if canImport(Glibc)
    import Glibc
#endif

/// Finds out what a page is written in and makes UTF-8 of it, in the order of the HTML standard: byte order mark, HTTP
/// header, `meta` in the first kilobyte; then UTF-8 where the bytes are, else windows-1252.
public enum CharacterEncoding {
    /// A page in UTF-8.
    public struct Decoded: Sendable {
        /// UTF-8; what could not be read is U+FFFD, and there is no zero byte in it.
        public let bytes: [UInt8]
        /// What it was read as, `shift_jis`.
        public let name: String
    }

    /// Makes UTF-8 of a page.
    /// - Parameter contentType: the header, as it came.
    public static func decode(_ page: [UInt8], contentType: String?) -> Decoded {
        if page.starts(with: [0xEF, 0xBB, 0xBF]) { return utf8(page.dropFirst(3)) }
        if page.starts(with: [0xFF, 0xFE]) { return convert(page.dropFirst(2), from: "utf-16le") }
        if page.starts(with: [0xFE, 0xFF]) { return convert(page.dropFirst(2), from: "utf-16be") }
        let declared = contentType.flatMap(charset(inHeader:)).flatMap(known) ?? charset(inMeta: page).flatMap(known)
        switch declared {
        case "utf-8": return utf8(page[...])
        case let name?: return convert(page[...], from: name)
        case nil: return isUTF8(page[...]) ? utf8(page[...]) : convert(page[...], from: "windows-1252")
        }
    }

    /// The charset of `text/html; charset="x"`.
    public static func charset(inHeader header: String) -> String? {
        for part in header.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, trimmed(pair[0]).lowercased() == "charset" else { continue }
            let value = trimmed(pair[1]).filter { $0 != "\"" && $0 != "'" }
            return value.isEmpty ? nil : value
        }
        return nil
    }

    /// The charset that a `meta` of the first kilobyte names, in either form. In a comment it does not count.
    static func charset(inMeta page: [UInt8]) -> String? {
        var head = String(decoding: page.prefix(1024), as: UTF8.self).lowercased()
        while let start = head.range(of: "<!--") {
            let rest = head[start.upperBound...]
            guard let end = rest.range(of: "-->") else {
                head.removeSubrange(start.lowerBound...)
                break
            }
            head.removeSubrange(start.lowerBound..<end.upperBound)
        }
        var rest = head[...]
        while let meta = rest.range(of: "<meta") {
            rest = rest[meta.upperBound...]
            let tag = rest.prefix { $0 != ">" }
            guard let place = tag.range(of: "charset") else { continue }
            let value = tag[place.upperBound...].drop { $0 == " " || $0 == "\n" || $0 == "\t" }
            guard value.first == "=" else { continue }
            let name = value.dropFirst().drop { " \"'".contains($0) }.prefix { !" \"';/".contains($0) }
            guard !name.isEmpty else { continue }
            // A page that can say so in ASCII is not in UTF-16 (HTML standard, "prescan").
            return name.hasPrefix("utf-16") ? "utf-8" : String(name)
        }
        return nil
    }

    /// What browsers take a label for; nil for what they do not know.
    private static func known(_ label: String) -> String? {
        switch label.lowercased() {
        case "utf-8", "utf8", "unicode-1-1-utf-8": "utf-8"
        case "iso-8859-1", "latin1", "latin-1", "l1", "ascii", "us-ascii", "windows-1252", "cp1252", "x-cp1252",
            "iso8859-1", "iso_8859-1":
            "windows-1252"
        case "gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80": "gb18030"
        case "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j": "cp932"
        case "euc-kr", "ks_c_5601-1987", "korean", "windows-949": "cp949"
        case "iso-8859-9", "latin5", "windows-1254": "windows-1254"
        case "iso-8859-11", "tis-620", "windows-874": "cp874"
        case let other
        where other.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 122) || $0 == 45 || $0 == 95 }
            && other.utf8.count <= 30 && iconvKnows(other):
            other
        default: nil
        }
    }

    private static func iconvKnows(_ name: String) -> Bool {
        // Only what stands for text on pages; iconv knows stranger things.
        let families = ["windows-", "iso-8859-", "koi8-", "big5", "euc-", "utf-16", "macintosh", "cp", "iso-2022-jp"]
        guard families.contains(where: { name.hasPrefix($0) }) else { return false }
        guard let converter = open(name) else { return false }
        iconv_close(converter)
        return true
    }

    private static func open(_ name: String) -> iconv_t? {
        let converter = iconv_open("UTF-8", name)
        return converter == iconv_t(bitPattern: -1) ? nil : converter
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) -> Decoded {
        let text = isUTF8(bytes) ? Array(bytes) : Array(String(decoding: bytes, as: UTF8.self).utf8)
        return Decoded(bytes: withoutZeros(text), name: "utf-8")
    }

    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// libxml2 takes a zero byte for the end of the page.
    private static func withoutZeros(_ bytes: [UInt8]) -> [UInt8] {
        bytes.contains(0) ? bytes.map { $0 == 0 ? 0x20 : $0 } : bytes
    }

    private static func convert(_ bytes: ArraySlice<UInt8>, from name: String) -> Decoded {
        guard let converter = open(name) else { return utf8(bytes) }
        defer { iconv_close(converter) }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 2)
        var chunk = [CChar](repeating: 0, count: 64 << 10)
        var input = bytes.map { CChar(bitPattern: $0) }
        input.withUnsafeMutableBufferPointer { source in
            guard var from = source.baseAddress else { return }
            var left = source.count
            while left > 0 {
                let produced = chunk.withUnsafeMutableBufferPointer { target -> (count: Int, stuck: Bool) in
                    guard let start = target.baseAddress else { return (0, true) }
                    var (position, room): (UnsafeMutablePointer<CChar>?, Int) = (start, target.count)
                    var source: UnsafeMutablePointer<CChar>? = from
                    let result = iconv(converter, &source, &left, &position, &room)
                    let failed = result == Int(bitPattern: UInt.max) && errno != E2BIG
                    if let source { from = source }
                    return (target.count - room, failed)
                }
                for index in 0..<produced.count { output.append(UInt8(bitPattern: chunk[index])) }
                guard produced.stuck else { continue }
                output += [0xEF, 0xBF, 0xBD]
                from += 1
                left -= 1
            }
        }
        return Decoded(bytes: withoutZeros(output), name: name)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

extension StringProtocol {
    /// Where a text stands first. (Foundation's is not needed for that.)
    fileprivate func range(of text: String) -> Range<Index>? { self.firstRange(of: text) }
}
