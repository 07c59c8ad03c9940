/// A decoded `application/x-www-form-urlencoded` value with Stripe's bracket nesting.
enum FormValue: Hashable, Sendable {
    case text(String)
    case list([FormValue])
    case object([String: FormValue])
}

extension FormValue {
    /// `customer=cus_1&metadata[order_id]=7&expand[]=payments` as an object.
    static func decode(_ bytes: some Sequence<UInt8>) throws(FormError) -> [String: FormValue] {
        var root = FormNode()
        for pair in Array(bytes).split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try percentDecoded(halves[0])
            let value = halves.count == 2 ? try percentDecoded(halves[1]) : ""
            try root.insert(value, at: segments(of: name)[...], name: name)
        }
        guard case .object(let fields) = root.object else { return [:] }
        return fields
    }

    /// `a[b][]` is `["a", "b", ""]`.
    private static func segments(of name: String) throws(FormError) -> [String] {
        guard let open = name.firstIndex(of: "[") else { return [name] }
        var segments = [String(name[..<open])]
        var rest = name[open...]
        while !rest.isEmpty {
            guard rest.first == "[", let close = rest.firstIndex(of: "]") else { throw .malformed(name) }
            segments.append(String(rest[rest.index(after: rest.startIndex)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        guard segments[0] != "", segments.count <= 8 else { throw .malformed(name) }
        return segments
    }

    static func percentDecoded(_ bytes: ArraySlice<UInt8>) throws(FormError) -> String {
        var decoded: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                    throw .malformed(String(decoding: bytes, as: UTF8.self))
                }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw .malformed(String(decoding: decoded, as: UTF8.self))
        }
        return text
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}

enum FormError: Error, Equatable {
    case malformed(String)
    case conflicting(String)
}

/// The tree while it grows: what is a list and what an object is known only at the end.
private struct FormNode {
    private var value: String?
    private var children: [String: FormNode] = [:]
    private var items: [FormNode] = []

    mutating func insert(_ text: String, at path: ArraySlice<String>, name: String) throws(FormError) {
        guard let head = path.first else {
            guard children.isEmpty, items.isEmpty else { throw .conflicting(name) }
            value = text
            return
        }
        guard value == nil else { throw .conflicting(name) }
        if head.isEmpty {
            guard children.isEmpty else { throw .conflicting(name) }
            var item = FormNode()
            try item.insert(text, at: path.dropFirst(), name: name)
            items.append(item)
        } else {
            guard items.isEmpty else { throw .conflicting(name) }
            try children[head, default: FormNode()].insert(text, at: path.dropFirst(), name: name)
        }
    }

    var object: FormValue { .object(children.mapValues(\.finished)) }

    private var finished: FormValue {
        if let value { return .text(value) }
        if !items.isEmpty { return .list(items.map(\.finished)) }
        let numbered = children.compactMap { key, child in Int(key).map { ($0, child) } }.sorted { $0.0 < $1.0 }
        if numbered.count == children.count, numbered.enumerated().allSatisfy({ $0.offset == $0.element.0 }) {
            return .list(numbered.map(\.1.finished))
        }
        return object
    }
}
