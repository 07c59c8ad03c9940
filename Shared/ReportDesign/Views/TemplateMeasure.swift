/// How much text a template would make of a view, before anything is made: names look outwards and lists lie in lists,
/// so a template of a few lines can ask for more than any memory holds.
struct TemplateMeasure {
    /// The most a report's HTML may have.
    static let mostBytes = 4 << 20
    /// The most tags that may be filled in, each list's item counted again.
    static let mostSteps = 400_000

    private let partials: [String: [TemplatePart]]
    private var bytes = 0
    private var lines = 0
    private var steps = 0
    /// The outermost section that is being filled in, for the sentence.
    private var outermost: (name: String, line: Int)?

    private init(partials: [String: [TemplatePart]]) { self.partials = partials }

    /// The bytes of what Mustache will make, or a little more.
    /// - Throws: ``TemplateFault``, as soon as the bound is passed.
    static func bytes(of parts: [TemplatePart], with view: View) throws -> Int {
        let partials = try HouseTemplates.partials.mapValues { try TemplateReader.parts(of: $0) }
        var measure = TemplateMeasure(partials: partials)
        try measure.walk(parts, [view])
        return measure.bytes
    }

    private mutating func walk(_ parts: [TemplatePart], _ stack: [View]) throws {
        for part in parts {
            steps += 1
            switch part {
            case .text(let count, let more):
                bytes += count
                lines += more
            case .variable(let name, let isEscaped):
                guard let value = find(name, stack) else { break }
                bytes += length(value, isEscaped)
                if case .text(let text) = value { lines += text.utf8.count { $0 == UInt8(ascii: "\n") } }
            case .partial(let name, let indent):
                guard let parts = partials[name] else { break }
                let before = lines
                try walk(parts, stack)
                bytes += indent * (lines - before + 1)
            case .section(let name, let isInverted, let line, let inner):
                let isOutermost = outermost == nil
                if isOutermost { outermost = (name, line) }
                let value = find(name, stack)
                if isInverted {
                    if !isThere(value) { try walk(inner, stack) }
                } else {
                    switch value {
                    case .list(let items): for item in items { try walk(inner, stack + [item]) }
                    case .flag(let flag): if flag { try walk(inner, stack) }
                    case .some(let value): try walk(inner, stack + [value])
                    case nil: break
                    }
                }
                if isOutermost { outermost = nil }
            }
            guard bytes <= Self.mostBytes, steps <= Self.mostSteps else {
                throw TemplateFault(
                    line: outermost?.line,
                    outermost.map {
                        "The section \"\($0.name)\" would make more than 4 MB: a list in it is repeated for each item of another."
                    } ?? "The template would make more than 4 MB."
                )
            }
        }
    }

    /// As Mustache looks: from the innermost outwards for the first word, from there inwards for the others.
    private func find(_ name: String, _ stack: [View]) -> View? {
        if name == "." { return stack.last }
        let words = name.split(separator: ".").map(String.init)
        guard let first = words.first else { return nil }
        let places = name.hasPrefix(".") ? stack.suffix(1) : stack[...]
        for view in places.reversed() {
            guard let found = view[first] else { continue }
            return words.dropFirst().reduce(found as View?) { $0?[$1] }
        }
        return nil
    }

    private func isThere(_ value: View?) -> Bool {
        switch value {
        case .list(let items): !items.isEmpty
        case .flag(let flag): flag
        case nil: false
        default: true
        }
    }

    /// What is written of a value that is no text is short, or says what a list or an object is: never wanted, but counted.
    private func length(_ value: View, _ isEscaped: Bool) -> Int {
        switch value {
        case .text(let text):
            text.utf8.reduce(0) { sum, byte in
                switch byte {
                case UInt8(ascii: "<"), UInt8(ascii: ">"): sum + (isEscaped ? 4 : 1)
                case UInt8(ascii: "&"), UInt8(ascii: "'"): sum + (isEscaped ? 5 : 1)
                case UInt8(ascii: "\""): sum + (isEscaped ? 6 : 1)
                default: sum + 1
                }
            }
        case .flag: 5
        case .object: 0
        case .list(let items): items.reduce(2) { $0 + 64 + 8 * length($1, true) + 64 * depth($1) }
        }
    }

    private func depth(_ view: View) -> Int {
        switch view {
        case .object(let members):
            members.reduce(1) { $0 + $1.key.utf8.count + length($1.value, true) + depth($1.value) }
        case .list(let items): items.reduce(1) { $0 + depth($1) }
        default: 1
        }
    }
}
