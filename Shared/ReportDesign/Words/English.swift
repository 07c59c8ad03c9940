import DomainModel
import Foundation

/// How numbers, amounts and days are written: English, the same on every machine, never by a locale.
enum English {
    /// `12,480`; a minus is U+2212.
    static func count(_ number: Int) -> String {
        (number < 0 ? "−" : "") + grouped(String(number.magnitude))
    }

    /// `+19`, `−2`, `±0`.
    static func signed(_ number: Int) -> String {
        number == 0 ? "±0" : (number > 0 ? "+" : "") + count(number)
    }

    /// `12.2 %`, of a quotient, half-even at the tenth; no decimals where they are nothing.
    static func percent(_ part: Int, of whole: Int) -> String {
        guard whole != 0 else { return "–" }
        let tenths = tenths(of: part, in: whole)
        return (tenths < 0 ? "−" : "") + decimal(tenths.magnitude) + "\u{A0}%"
    }

    /// A share in tenths of a percent, half-even.
    static func tenths(of part: Int, in whole: Int) -> Int { quotient(part * 1_000, whole) }

    /// An integer quotient, ties to the even one; the divisor is positive.
    static func quotient(_ numerator: Int, _ denominator: Int) -> Int {
        var (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        if remainder < 0 { (quotient, remainder) = (quotient - 1, remainder + denominator) }
        let missing = denominator - remainder
        return quotient + (remainder > missing || (remainder == missing && !quotient.isMultiple(of: 2)) ? 1 : 0)
    }

    private static func decimal(_ tenths: UInt) -> String {
        grouped(String(tenths / 10)) + (tenths.isMultiple(of: 10) ? "" : ".\(tenths % 10)")
    }

    /// A decimal at one place, half-even: `12.4`, `38`.
    static func decimal(_ ratio: Ratio) -> String {
        let tenths = tenths(ratio)
        return (tenths < 0 ? "−" : "") + decimal(tenths.magnitude)
    }

    /// A decimal in tenths, half-even.
    static func tenths(_ ratio: Ratio) -> Int {
        var divisor = 1
        for _ in 0..<ratio.scale { divisor *= 10 }
        return quotient(Int(ratio.unscaled) * 10, divisor)
    }

    /// `$3,100.00`; the code before it where a sign would be taken for another currency's.
    static func money(_ money: Money) -> String {
        let parts = money.magnitude.decimalString.split(separator: ".")
        let digits = grouped(String(parts[0])) + (parts.count > 1 ? "." + parts[1] : "")
        let sign =
            ["USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"][money.currency.code] ?? money.currency.code + "\u{A0}"
        return (money.isNegative ? "−" : "") + sign + digits
    }

    private static func grouped(_ digits: String) -> String {
        guard digits.utf8.count > 3 else { return digits }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// `three` up to nine, `12` beyond.
    static func spelled(_ number: Int) -> String {
        (0...9).contains(number) ? small[number] : count(number)
    }

    /// `three links`, `1,204 links`, `one link`.
    static func things(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        spelled(number) + " " + (number == 1 ? one : many ?? one + "s")
    }

    /// With a capital at the beginning.
    static func sentence(_ text: String) -> String {
        guard let first = text.first else { return text }
        return first.uppercased() + text.dropFirst()
    }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ items: [String]) -> String {
        guard items.count > 1, let last = items.last else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " and " + last
    }

    /// A word of the data for a person: `in_progress` becomes `In progress`.
    static func word(_ key: String) -> String {
        sentence(String(key.map { $0 == "_" ? " " : $0 }))
    }

    static let small = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

    /// As much of a text as fits, with an ellipsis.
    static func shortened(_ text: String, _ length: Int) -> String {
        text.count <= length ? text : text.prefix(length - 1).trimmingCharacters(in: .whitespaces) + "…"
    }

    /// The path of an address of the site itself, the host of another's.
    static func page(_ address: String, of domain: String) -> String {
        guard let separator = address.range(of: "://") else { return address }
        let rest = address[separator.upperBound...]
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[host.endIndex...]
        guard host == domain || host == "www." + domain else { return String(rest) }
        return path.isEmpty ? "/" : String(path)
    }
}
