/// An http(s) address as browsers read it, for comparing where links lead: `https://WWW.Example.com:443/a/../b/?utm_source=x#y`
/// and `//example.com/b` on an https page are the same page.
public struct LinkURL: Sendable, Hashable {
    /// `http` or `https`.
    public let scheme: String
    /// Lower case, punycode.
    public let host: String
    /// Nil for the scheme's own.
    public let port: Int?
    /// Begins with a slash; dot segments resolved.
    public let path: String
    /// Without the question mark; nil where there is none.
    public let query: String?

    /// The whole address, without a fragment.
    public var text: String {
        scheme + "://" + host + (port.map { ":\($0)" } ?? "") + path + (query.map { "?" + $0 } ?? "")
    }

    /// Reads an address, relative to another where there is one.
    /// - Returns: nil for what does not lead to a web page: `mailto:`, `javascript:`, no host.
    public init?(_ text: String, relativeTo base: LinkURL? = nil) {
        // Browsers strip blanks around, and tabs and line breaks anywhere.
        var rest = text.unicodeScalars.filter { $0 != "\t" && $0 != "\n" && $0 != "\r" }.map(Character.init)[...]
        while rest.first.map({ $0 <= " " }) == true { rest.removeFirst() }
        while rest.last.map({ $0 <= " " }) == true { rest.removeLast() }
        if let hash = rest.firstIndex(of: "#") { rest = rest[..<hash] }

        var scheme = base?.scheme
        if let colon = rest.firstIndex(of: ":"), Self.isScheme(rest[..<colon]) {
            let named = String(rest[..<colon]).lowercased()
            guard named == "http" || named == "https" else { return nil }
            let after = rest[(colon + 1)...]
            // `https:page` is relative to a page of the same scheme.
            if named != scheme || after.prefix(2).allSatisfy(Self.isSlash) && after.count >= 2 {
                scheme = named
                rest = after.drop(while: Self.isSlash)
                rest = (["/", "/"] + rest)[...]
            } else {
                rest = after
            }
        }
        guard let scheme else { return nil }

        var query: String?
        if let mark = rest.firstIndex(of: "?") {
            query = Self.encoded(rest[(mark + 1)...], keeping: Self.queryBytes)
            rest = rest[..<mark]
        }
        if rest.count >= 2, rest.prefix(2).allSatisfy(Self.isSlash) {
            rest = rest.drop(while: Self.isSlash)
            let end = rest.firstIndex(where: Self.isSlash) ?? rest.endIndex
            var authority = rest[..<end]
            if let at = authority.lastIndex(of: "@") { authority = authority[(at + 1)...] }
            var port: Int?
            if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
                let digits = String(authority[(colon + 1)...])
                guard digits.isEmpty || UInt16(digits) != nil else { return nil }
                port = Int(digits)
                authority = authority[..<colon]
            }
            guard let host = Self.host(String(authority)) else { return nil }
            self.host = host
            self.port = port == (scheme == "https" ? 443 : 80) ? nil : port
            path = Self.resolved(rest[end...])
            self.query = query
        } else {
            guard let base else { return nil }
            host = base.host
            port = base.port
            if rest.isEmpty {
                path = base.path
                self.query = query ?? base.query
            } else if Self.isSlash(rest[rest.startIndex]) {
                path = Self.resolved(rest)
                self.query = query
            } else {
                let folder = base.path.lastIndex(of: "/").map { base.path[...$0] } ?? "/"
                path = Self.resolved((Array(folder) + rest)[...])
                self.query = query
            }
        }
        self.scheme = scheme
    }

    // MARK: Comparing

    /// What two addresses of the same page share: neither scheme, `www.`, a final slash nor what tracks a visitor counts.
    public var page: String {
        var site = host.hasSuffix(".") ? String(host.dropLast()) : host
        if site.hasPrefix("www."), site.dropFirst(4).contains(".") { site.removeFirst(4) }
        let path = path.hasSuffix("/") ? String(path.dropLast()) : path
        let kept = query?.split(separator: "&", omittingEmptySubsequences: true).filter { !Self.isTracking($0) } ?? []
        return site + (port.map { ":\($0)" } ?? "") + path + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
    }

    /// The host without `www.`.
    public var site: String {
        host.hasPrefix("www.") && host.dropFirst(4).contains(".") ? String(host.dropFirst(4)) : host
    }

    /// Whether both lead to one page.
    public func isSamePage(as other: LinkURL) -> Bool { page == other.page }

    private static func isTracking(_ parameter: Substring) -> Bool {
        let name = parameter.prefix { $0 != "=" }.lowercased()
        return name.hasPrefix("utm_") || tracking.contains(name)
    }

    /// What advertisers and mailers add to an address, and servers ignore.
    private static let tracking: Set<String> = [
        "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "ttclid", "twclid", "li_fat_id",
        "igshid",
        "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oly_enc_id", "oly_anon_id",
        "srsltid",
    ]

    // MARK: Parts

    private static func isSlash(_ character: Character) -> Bool { character == "/" || character == "\\" }

    private static func isScheme(_ text: ArraySlice<Character>) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    private static func host(_ text: String) -> String? {
        guard !text.isEmpty, let decoded = percentDecoded(text) else { return nil }
        if decoded.hasPrefix("["), decoded.hasSuffix("]") { return decoded.lowercased() }
        var labels: [String] = []
        for label in decoded.lowercased().split(
            omittingEmptySubsequences: false,
            whereSeparator: { ".。．｡".contains($0) }
        ) {
            guard let ascii = Punycode.ascii(String(label)) else { return nil }
            labels.append(ascii)
        }
        let host = labels.joined(separator: ".")
        guard !host.isEmpty,
            host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Array("#%/<>?@[\\]^|:".utf8).contains($0) })
        else { return nil }
        return host
    }

    private static func percentDecoded(_ text: String) -> String? {
        guard text.contains("%") else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let high = hex(rest[rest.startIndex]), let low = hex(rest[rest.startIndex + 1])
            else { return nil }
            bytes.append(high << 4 | low)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    /// Bytes that stand for themselves in a path whether written so or escaped (RFC 3986, 6.2.2.2).
    private static let unreserved = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8
    )
    private static let pathBytes = unreserved.union("!$&'()*+,;=:@/".utf8)
    private static let queryBytes = unreserved.union("!$&()*+,;=:@/?'".utf8)

    private static func encoded(_ characters: ArraySlice<Character>, keeping plain: Set<UInt8>) -> String {
        let bytes = Array(String(characters).utf8)
        var result = ""
        func escape(_ byte: UInt8) {
            let digits = String(byte, radix: 16, uppercase: true)
            result += "%" + (digits.count < 2 ? "0" : "") + digits
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "%"), index + 1 < bytes.count, let high = hex(bytes[index]),
                let low = hex(bytes[index + 1])
            {
                let value = high << 4 | low
                if unreserved.contains(value) {
                    result.unicodeScalars.append(Unicode.Scalar(value))
                } else {
                    escape(value)
                }
                index += 2
            } else if plain.contains(byte) || byte == UInt8(ascii: "%") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                escape(byte)
            }
        }
        return result
    }

    private static func resolved(_ characters: ArraySlice<Character>) -> String {
        let path = encoded(characters.map { $0 == "\\" ? "/" : $0 }[...], keeping: pathBytes)
        var segments: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part {
            case ".": if isLast { segments.append("") }
            case "..":
                _ = segments.popLast()
                if isLast { segments.append("") }
            default: segments.append(part)
            }
        }
        return "/" + segments.joined(separator: "/")
    }
}
