/// A header block: names in lower case, folded lines unfolded.
struct MailHeader: Hashable, Sendable {
    private(set) var fields: [(name: String, value: String)] = []

    static func == (one: MailHeader, other: MailHeader) -> Bool {
        one.fields.map(\.name) == other.fields.map(\.name) && one.fields.map(\.value) == other.fields.map(\.value)
    }

    func hash(into hasher: inout Hasher) {
        for field in fields { hasher.combine(field.name) }
    }

    /// The header at the front of a message, and where its body begins.
    static func read(_ message: ArraySlice<UInt8>) -> (header: MailHeader, body: ArraySlice<UInt8>) {
        var header = MailHeader()
        var rest = message
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 10 }
            rest = rest.dropFirst(line.count + 1)
            let text = String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            if text.isEmpty { break }
            if text.first == " " || text.first == "\t" {
                guard !header.fields.isEmpty else { continue }
                header.fields[header.fields.count - 1].value += " " + text.drop { $0 == " " || $0 == "\t" }
            } else if let colon = text.firstIndex(of: ":") {
                let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                header.fields.append((text[..<colon].lowercased(), String(value)))
            }
        }
        return (header, rest)
    }

    subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// `text/plain; charset=utf-8` as its value and parameters.
    func parameters(_ name: String) -> (value: String, parameters: [String: String])? {
        guard let field = self[name] else { return nil }
        let parts = Self.split(field)
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let key = part[..<equals].trimmed.lowercased()
            var value = part[part.index(after: equals)...].trimmed
            if value.count >= 2, value.first == "\"", value.last == "\"" {
                value = String(value.dropFirst().dropLast())
            }
            parameters[key] = value
        }
        return ((parts.first ?? "").trimmed.lowercased(), parameters)
    }

    /// At semicolons that are not within quotes.
    private static func split(_ field: String) -> [String] {
        var parts = [""]
        var isQuoted = false
        for character in field {
            if character == "\"" { isQuoted.toggle() }
            if character == ";", !isQuoted { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }
}

extension StringProtocol {
    var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        let start = drop(while: isSpace)
        return String(start.reversed().drop(while: isSpace).reversed())
    }
}
