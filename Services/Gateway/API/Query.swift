/// The query of a request, decoded and held against what the route declares.
struct Query: Sendable {
    private let values: [String: String]

    subscript(_ name: String) -> String? { values[name] }

    func integer(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

    /// Everything but one parameter, percent-encoded again: for links to other pages.
    func encoded(replacing name: String, with value: String) -> String {
        var pairs = values
        pairs[name] = value
        return pairs.sorted { $0.key < $1.key }
            .map { "\(Self.encode($0.key))=\(Self.encode($0.value))" }
            .joined(separator: "&")
    }

    /// An address with these parameters behind it.
    static func adding(_ pairs: [(name: String, value: String)], to url: String) -> String {
        let query = pairs.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
        return url + (url.contains("?") ? "&" : "?") + query
    }

    init(_ text: String?, declared: [QueryParameter], ignoringOthers: Bool = false) throws(Problem) {
        guard let text, !text.isEmpty else {
            values = [:]
            return
        }
        var values: [String: String] = [:]
        var errors: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(halves[0]), let value = Self.decode(halves.count > 1 ? halves[1] : "") else {
                throw .malformed("The query is not percent-encoded UTF-8.")
            }
            guard let parameter = declared.first(where: { $0.name == name }) else {
                if !ignoringOthers { errors[name] = "nothing: this parameter is not known here" }
                continue
            }
            guard values[name] == nil else {
                errors[name] = "this parameter at most once"
                continue
            }
            if let expected = parameter.schema.refusal(of: value) { errors[name] = expected }
            values[name] = value
        }
        guard errors.isEmpty else { throw .malformed("The query is not as expected.", errors: errors) }
        self.values = values
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hex), let low = iterator.next().flatMap(hex) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    private static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }
        return encoded
    }
}

extension Schema {
    /// What was expected of a query parameter, where its text is not that.
    fileprivate func refusal(of text: String) -> String? {
        let value: JSON
        switch self {
        case .integer: value = Int64(text) == nil ? .string(text) : .number(text)
        case .boolean: value = text == "true" ? true : text == "false" ? false : .string(text)
        default: value = .string(text)
        }
        return check(value).first?.value
    }
}
