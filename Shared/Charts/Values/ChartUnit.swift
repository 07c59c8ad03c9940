/// What is counted, by one and by many: "visit", "visits".
public struct ChartUnit: Hashable, Sendable {
    public let one: String
    public let many: String

    public init(_ one: String, _ many: String) {
        self.one = one
        self.many = many
    }

    /// No word after the number.
    public static let none = ChartUnit("", "")

    /// `1 visit`, `12,400 visits`.
    func text(_ value: Double, _ numbers: NumberStyle) -> String {
        let word = value == 1 ? one : many
        return word.isEmpty ? numbers.text(value) : numbers.text(value) + " " + word
    }
}
