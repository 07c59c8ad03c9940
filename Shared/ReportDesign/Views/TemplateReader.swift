/// One tag of a template, or the text between two.
enum TemplatePart: Hashable, Sendable {
    /// So many bytes as they stand, in so many lines more.
    case text(Int, lines: Int)
    case variable(name: String, isEscaped: Bool)
    case section(name: String, isInverted: Bool, line: Int, parts: [TemplatePart])
    /// Mustache puts what stands before it on its line before each of its lines.
    case partial(name: String, indent: Int)
}

/// Reads a customer's template into its tags: only what our data can fill, with the line of each fault.
///
/// Mustache without its doors: no delimiters of their own, no inheritance, no transforms, and no text that is not escaped
/// but our own drawings.
struct TemplateReader {
    /// How deep sections may lie in one another.
    static let deepest = 16

    private let text: [UInt8]
    private var place = 0
    private var line = 1

    private init(_ text: String) { self.text = Array(text.utf8) }

    /// - Throws: ``TemplateFault``.
    static func parts(of text: String) throws -> [TemplatePart] {
        var reader = TemplateReader(text)
        return try reader.read(closing: nil, depth: 0)
    }

    private mutating func read(closing: (name: String, line: Int)?, depth: Int) throws -> [TemplatePart] {
        var parts: [TemplatePart] = []
        var start = place
        func isAt(_ index: Int, _ bytes: StaticString) -> Bool {
            bytes.withUTF8Buffer { wanted in
                index + wanted.count <= text.count && (0..<wanted.count).allSatisfy { text[index + $0] == wanted[$0] }
            }
        }
        while place < text.count {
            guard isAt(place, "{{") else {
                if text[place] == UInt8(ascii: "\n") { line += 1 }
                place += 1
                continue
            }
            if place > start { parts.append(plain(start..<place)) }
            let opened = line
            let indent = text[..<place].reversed().prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
            let isTriple = isAt(place, "{{{")
            let from = place + (isTriple ? 3 : 2)
            var to = from
            while to < text.count, !(isTriple ? isAt(to, "}}}") : isAt(to, "}}")) {
                if text[to] == UInt8(ascii: "\n") { line += 1 }
                to += 1
            }
            guard to < text.count else {
                throw TemplateFault(line: opened, "A tag is opened with {{ and never closed.")
            }
            place = to + (isTriple ? 3 : 2)
            start = place
            let content = String(decoding: text[from..<to], as: UTF8.self)
            let sigil = isTriple ? "&" : content.first.map(String.init) ?? ""
            let rest =
                isTriple || !"#^/>!&=<$%".contains(sigil) || sigil.isEmpty ? content : String(content.dropFirst())
            let name = rest.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            switch sigil {
            case "!": continue
            case "=", "<", "$", "%":
                throw TemplateFault(
                    line: opened,
                    "The tag {{\(sigil)\(name)}} is of a kind that templates may not use."
                )
            case ">":
                guard HouseTemplates.partials[name] != nil else {
                    throw TemplateFault(
                        line: opened,
                        "There is no part \"\(name)\"; there are \(English.list(HouseTemplates.partials.keys.sorted()))."
                    )
                }
                parts.append(.partial(name: name, indent: indent))
            case "/":
                guard let closing else {
                    throw TemplateFault(line: opened, "The section \"\(name)\" is closed and was not opened.")
                }
                guard closing.name == name else {
                    throw TemplateFault(
                        line: opened,
                        "The section \"\(closing.name)\" of line \(closing.line) is open, but \"\(name)\" is closed."
                    )
                }
                return parts
            case "#", "^":
                try check(name, opened)
                guard depth < Self.deepest else {
                    throw TemplateFault(
                        line: opened,
                        "The section \"\(name)\" lies \(depth + 1) sections deep; \(Self.deepest) is the most."
                    )
                }
                let inner = try read(closing: (name, opened), depth: depth + 1)
                parts.append(.section(name: name, isInverted: sigil == "^", line: opened, parts: inner))
                start = place
            default:
                try check(name, opened)
                let isEscaped = sigil != "&"
                guard isEscaped || name == "svg" else {
                    throw TemplateFault(line: opened, "Only {{{svg}}} may stand unescaped, not \"\(name)\".")
                }
                parts.append(.variable(name: name, isEscaped: isEscaped))
            }
        }
        if let closing { throw TemplateFault(line: closing.line, "The section \"\(closing.name)\" is not closed.") }
        if place > start { parts.append(plain(start..<place)) }
        return parts
    }

    private func plain(_ range: Range<Int>) -> TemplatePart {
        .text(range.count, lines: text[range].count { $0 == UInt8(ascii: "\n") })
    }

    /// Every word of the name must be one of our fields'.
    private func check(_ name: String, _ line: Int) throws {
        if name == "." { return }
        let words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let unknown = words.first(where: { !TemplateFields.names.contains($0) }) else { return }
        throw TemplateFault(
            line: line,
            unknown.isEmpty || unknown.contains(" ") || unknown.contains("(")
                ? "\"\(name)\" is no name of a field." : "There is no field \"\(unknown)\"."
        )
    }
}

/// The names of all fields (`Templates/README.md`). A test holds them against what the presenter gives.
enum TemplateFields {
    static let names: Set<String> = Set(
        """
        document language title dark brand name logo primary primary_text primary_on_light primary_on_dark secondary \
        contact_email contact_phone website website_url footer_text client domain long_name report kind period \
        compared_with prepared verification verification_url summary headline has_tiles tiles label value is_long change \
        is_good is_bad paragraphs moved why next needs what by sections key index heading finding empty is_first blocks \
        has_charts charts chart_title svg is_half caveat table subheading columns column width is_right rows cells cell \
        href cell_language is_short more text list items item detail losses method has_sources sources source used_for \
        read_at notes has_figures figures figure formula basis ahrefs_note
        """.split(separator: " ").map(String.init)
    )
}
