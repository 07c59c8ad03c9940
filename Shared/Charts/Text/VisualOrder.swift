/// Puts one line of text in the order it is seen in, left to right.
///
/// The part of the Unicode bidirectional algorithm that a name needs: words of both directions, numbers, neutrals and
/// brackets between them. No embeddings; a label is one run of text.
enum VisualOrder {
    static func needed(for text: [Unicode.Scalar]) -> Bool { text.contains { isRightToLeft($0) } }

    static func ordered(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var kinds = text.map(kind)
        for index in kinds.indices.dropFirst().dropLast()
        where kinds[index] == .neutral && ".,:/".unicodeScalars.contains(text[index]) {
            if kinds[index - 1] == .number && kinds[index + 1] == .number { kinds[index] = .number }
        }
        for index in kinds.indices.dropFirst() where text[index] == "%" && kinds[index - 1] == .number {
            kinds[index] = .number
        }
        let base = kinds.first { $0 == .left || $0 == .right } ?? .left
        var strong = base
        for index in kinds.indices {
            switch kinds[index] {
            case .left, .right: strong = kinds[index]
            case .number where strong == .left: kinds[index] = .left
            case .number, .neutral: break
            }
        }
        resolveNeutrals(&kinds, base: base)
        let levels = kinds.map { kind in
            switch kind {
            case .right: 1
            case .number: 2
            case .left, .neutral: base == .left ? 0 : 2
            }
        }
        var order = Array(text.indices)
        for level in stride(from: 2, through: 1, by: -1) {
            var start: Int?
            for position in 0...order.count {
                if position < order.count, levels[order[position]] >= level {
                    start = start ?? position
                } else if let first = start {
                    order[first..<position].reverse()
                    start = nil
                }
            }
        }
        return order.map { levels[$0] == 1 ? mirrored(text[$0]) : text[$0] }
    }

    private enum Kind { case left, right, number, neutral }

    private static func resolveNeutrals(_ kinds: inout [Kind], base: Kind) {
        func direction(_ kind: Kind) -> Kind { kind == .number ? .right : kind }
        var index = 0
        while index < kinds.count {
            guard kinds[index] == .neutral else {
                index += 1
                continue
            }
            let end = kinds[index...].firstIndex { $0 != .neutral } ?? kinds.count
            let before = index > 0 ? direction(kinds[index - 1]) : base
            let after = end < kinds.count ? direction(kinds[end]) : base
            for position in index..<end { kinds[position] = before == after ? before : base }
            index = end
        }
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x30...0x39, 0x0660...0x0669, 0x06F0...0x06F9: .number
        case _ where isRightToLeft(scalar): .right
        case _ where scalar.properties.isAlphabetic: .left
        default: .neutral
        }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0660...0x066C, 0x06F0...0x06F9: false
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC: true
        default: false
        }
    }

    private static func mirrored(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "(": ")"
        case ")": "("
        case "[": "]"
        case "]": "["
        case "{": "}"
        case "}": "{"
        case "<": ">"
        case ">": "<"
        case "«": "»"
        case "»": "«"
        default: scalar
        }
    }
}
