public import DomainModel

/// Whether a model's text says nothing that the facts do not (spec 7): every number, every month, every address in it
/// must stand in the brief. Strict where it doubts, for a text that is thrown away costs nothing: the facts' own is taken.
public enum SummaryCheck {
    /// Why a text is not taken; nil for one that is.
    public static func refusal(of summary: ReportSummary, _ brief: SummaryBrief) -> String? {
        let texts = [summary.headline] + summary.paragraphs + summary.moved + summary.why + summary.next
        guard !summary.headline.isEmpty, summary.headline.count <= 240 else {
            return "The headline is empty or too long."
        }
        guard (1...4).contains(summary.paragraphs.count), summary.paragraphs.allSatisfy({ $0.count <= 900 }) else {
            return "There are no paragraphs, or too much of them."
        }
        for list in [summary.moved, summary.why, summary.next] {
            guard (1...4).contains(list.count), list.allSatisfy({ !$0.isEmpty && $0.count <= 160 }) else {
                return "A list is empty or too long."
            }
        }
        let known = Vocabulary(brief)
        for text in texts {
            if let refusal = known.refusal(of: text) { return refusal }
        }
        return nil
    }

    /// What the brief's lines say.
    struct Vocabulary {
        private let names: [String]
        private(set) var numbers: Set<String> = []
        private var months: Set<String> = []

        init(_ brief: SummaryBrief) {
            names = brief.names.map { $0.lowercased() }
            for line in brief.lines {
                // A name's digits are no figures: "kitchens of 2019" must not allow 2019.
                let words = NumberWords.tokens(Self.without(names, line))
                numbers.formUnion(NumberWords.numbers(words).numbers)
                months.formUnion(words.filter { NumberWords.months.contains($0) })
            }
        }

        func refusal(of text: String) -> String? {
            guard !text.unicodeScalars.contains(where: { Self.isForbidden($0) }) else {
                return "There are characters in it that no report has."
            }
            let rest = Self.without(names, text)
            let words = NumberWords.tokens(rest)
            let found = NumberWords.numbers(words)
            if let vague = found.vague { return "“\(vague)” is a number that the facts do not have." }
            if let number = found.numbers.first(where: { !numbers.contains($0) }) {
                return "The number \(number) is not in the facts."
            }
            // "may" and "march" are words of their own, unless a number stands beside them.
            let named = words.filter { word in
                NumberWords.months.contains(word) && (!["may", "march"].contains(word) || Self.isDate(word, words))
            }
            if let month = named.first(where: { !months.contains($0) }) {
                return "The month \(month) is not in the facts."
            }
            if let address = Self.address(in: rest) { return "“\(address)” is not in the facts." }
            return nil
        }

        private static func isDate(_ month: String, _ words: [String]) -> Bool {
            words.indices.contains { index in
                words[index] == month
                    && ((index > 0 && words[index - 1].first?.isNumber == true)
                        || (index + 1 < words.count && words[index + 1].first?.isNumber == true))
            }
        }

        /// The text in small letters without the known names, each where it stands as a word of its own.
        private static func without(_ names: [String], _ text: String) -> String {
            var rest = text.lowercased()
            for name in names where rest.contains(name) {
                var kept = ""
                var place = rest.startIndex
                while let found = rest[place...].firstRange(of: name) {
                    let before = found.lowerBound == rest.startIndex ? nil : rest[rest.index(before: found.lowerBound)]
                    let after = found.upperBound == rest.endIndex ? nil : rest[found.upperBound]
                    let isWhole = ![before, after].contains { $0.map { $0.isLetter || $0.isNumber } ?? false }
                    kept += rest[place..<found.lowerBound] + (isWhole ? " \u{B7} " : rest[found])
                    place = found.upperBound
                }
                rest = kept + rest[place...]
            }
            return rest
        }

        /// Something that looks like a domain, an address or a path.
        private static func address(in text: String) -> String? {
            for word in text.split(whereSeparator: { $0.isWhitespace || "“”\"'‘’(),;".contains($0) }) {
                if word.contains("://") || word.hasPrefix("www.") || word.contains("@") { return String(word) }
                if word.hasPrefix("/"), word.count > 1 { return String(word) }
                let parts = word.split(separator: ".", omittingEmptySubsequences: true)
                if parts.count > 1, let last = parts.last, last.count >= 2, last.allSatisfy(\.isLetter) {
                    return String(word)
                }
            }
            return nil
        }

        private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                || scalar.value == 0x3C || scalar.value == 0x3E
        }
    }
}

/// Numbers in English text, in figures and in words.
enum NumberWords {
    static let months: Set<String> = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// Words and numbers in small letters; `12,480.5` is one, `twenty-three` two.
    static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        let characters = Array(text.lowercased())
        for (index, character) in characters.enumerated() {
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            let isInNumber =
                ",.".contains(character) && word.last?.isNumber == true && next.isNumber
            // A space that groups thousands is part of the number; it is never a plain space.
            let isGroup = "\u{202F}\u{2009}".contains(character) && word.last?.isNumber == true && next.isNumber
            if character.isLetter || character.isNumber || isInNumber {
                // `12th` and `12k` are one word: what it means is decided there.
                word.append(character)
            } else if !isGroup {
                if !word.isEmpty { tokens.append(word) }
                word = ""
            }
        }
        if !word.isEmpty { tokens.append(word) }
        return tokens
    }

    /// The numbers of a text in one form each, and the first that cannot be told.
    static func numbers(_ tokens: [String]) -> (numbers: Set<String>, vague: String?) {
        var numbers: Set<String> = []
        var words: (value: Int, isOpen: Bool) = (0, false)
        var current = 0
        func close() {
            if words.isOpen { numbers.insert(String(words.value + current)) }
            words = (0, false)
            current = 0
        }
        for token in tokens {
            if token.contains(where: \.isNumber) {
                close()
                guard let number = figure(token) else { return (numbers, token) }
                numbers.insert(number)
            } else if let value = small[token] ?? ordinals[token] {
                // "three four" are two numbers, "twenty three" is one.
                let joins = current.isMultiple(of: 100) || (current % 100 >= 20 && current % 10 == 0 && value < 10)
                if words.isOpen, !joins { close() }
                words.isOpen = true
                current += value
            } else if token == "hundred" || token == "dozen" {
                words.isOpen = true
                current = max(current, 1) * (token == "dozen" ? 12 : 100)
            } else if let scale = ["thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000][token] {
                words.isOpen = true
                words.value += max(current, 1) * scale
                current = 0
            } else if vague.contains(token) {
                return (numbers, token)
            } else if !(token == "and" && words.isOpen && (current.isMultiple(of: 100) && current + words.value > 0)) {
                close()
            }
        }
        close()
        return (numbers, nil)
    }

    /// `12,480.50` and `12480.5` are one number; `12th` is 12; anything else beside digits is none.
    private static func figure(_ token: String) -> String? {
        var digits = token
        for ending in ["st", "nd", "rd", "th"] where digits.hasSuffix(ending) {
            digits.removeLast(2)
            break
        }
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == ",") }) else { return nil }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first else { return nil }
        let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
        // `1,5` is no English number.
        guard groups.count == 1 || (groups[0].count <= 3 && groups.dropFirst().allSatisfy { $0.count == 3 }) else {
            return nil
        }
        var text = String(groups.joined().drop { $0 == "0" })
        if text.isEmpty { text = "0" }
        if parts.count == 2 {
            var decimals = parts[1]
            guard !decimals.contains(",") else { return nil }
            while decimals.last == "0" { decimals.removeLast() }
            if !decimals.isEmpty { text += "." + decimals }
        }
        return text
    }

    private static let small: [String: Int] = {
        var values: [String: Int] = [:]
        let words = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        ]
        for (value, word) in words.enumerated() { values[word] = value }
        for (index, word) in ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"].enumerated()
        {
            values[word] = (index + 2) * 10
        }
        return values
    }()

    /// From the third on; "first" and "second" are words of their own.
    private static let ordinals: [String: Int] = [
        "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11,
        "twelfth": 12,
    ]

    /// Sizes without a number that could be looked up.
    private static let vague: Set<String> = [
        "half", "halves", "halved", "third", "thirds", "twice", "thrice", "double", "doubled", "doubling", "triple",
        "tripled", "quadruple", "quadrupled", "twofold", "threefold", "tenfold", "fivefold", "couple", "dozens",
        "hundreds", "thousands", "millions", "billions", "score", "trillion", "percentile", "handful", "several",
    ]
}
