/// One of the five fields: its range and the names it knows.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    var words: [String] = []
    var firstWord = 0

    static let minute = CronField(name: "minute", range: 0...59)
    static let hour = CronField(name: "hour", range: 0...23)
    static let day = CronField(name: "day of month", range: 1...31)
    static let month = CronField(
        name: "month",
        range: 1...12,
        words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        firstWord: 1
    )
    static let weekday = CronField(
        name: "day of week",
        range: 0...7,
        words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    )

    func read(_ text: String) throws(CronExpression.Unreadable) -> Set<Int> {
        var values: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            values.formUnion(try read(part: String(part)))
        }
        return values
    }

    private func read(part text: String) throws(CronExpression.Unreadable) -> StrideThrough<Int> {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var step = 1
        if halves.count == 2 {
            guard let number = Int(halves[1]), number > 0 else { throw unreadable(text) }
            step = number
        }
        if halves[0] == "*" { return stride(from: range.lowerBound, through: range.upperBound, by: step) }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard let first = ends.first.flatMap(number), ends.count <= 2 else { throw unreadable(text) }
        // `5/10` means from 5 on, as in Vixie's cron.
        let last = ends.count == 2 ? number(ends[1]) : halves.count == 2 ? range.upperBound : first
        guard let last, first <= last, range.contains(first), range.contains(last) else { throw unreadable(text) }
        return stride(from: first, through: last, by: step)
    }

    private func number(_ text: String) -> Int? {
        if let index = words.firstIndex(of: text.lowercased()) { return index + firstWord }
        return text.allSatisfy(\.isNumber) ? Int(text) : nil
    }

    private func unreadable(_ text: String) -> CronExpression.Unreadable {
        CronExpression.Unreadable(
            description: "\"\(text)\" is no \(name) of a cron expression (\(range.lowerBound) to \(range.upperBound))"
        )
    }
}
