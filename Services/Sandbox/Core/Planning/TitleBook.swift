import DomainModel

/// Titles as a planner gives them.
enum TitleBook {
    static func hub(_ subject: String) -> String { "\(capitalized(subject)): the complete guide" }

    static func supporting(_ subject: String, _ intake: Intake) -> [String] {
        let place = intake.locations.first ?? intake.targetCountries.first ?? "your area"
        let brand = intake.brands.first ?? "our"
        let problem = intake.problemsSolved.first ?? "everyday problems"
        let title = capitalized(subject)
        return [
            "How to choose \(subject)", "\(title): prices explained", "\(title) for first-time buyers",
            "Seven mistakes to avoid with \(subject)", "\(title) compared: what matters and what does not",
            "Questions to ask before you decide on \(subject)", "How to make the most of \(subject)",
            "\(title) in \(place): what to know", "What \(brand) customers ask about \(subject)",
            "\(title): myths and facts", "How \(subject) helps with \(problem)", "A checklist for \(subject)",
            "The real cost of \(subject)", "When \(subject) is not worth it", "\(title): what has changed this year",
            "Five examples of \(subject) done well",
        ].map { String($0.prefix(255)) }
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
