/// The labels of one series, sorted by name and written once, so that a scrape only copies them.
struct MetricLabels: Hashable, Comparable, Sendable {
    /// `route="/x",status="200"`, escaped; empty without labels.
    let text: String

    init(_ dimensions: [(String, String)]) {
        text = dimensions.map { (MetricName.sanitized($0.0), $0.1) }.sorted { $0.0 < $1.0 }
            .map { "\($0.0)=\"\(MetricName.escapedValue($0.1))\"" }.joined(separator: ",")
    }

    static func < (left: MetricLabels, right: MetricLabels) -> Bool { left.text < right.text }

    /// The labels in braces, with one more at the end where a histogram needs its `le`.
    func braced(_ extra: String? = nil) -> String {
        switch (text.isEmpty, extra) {
        case (true, nil): ""
        case (true, let extra?): "{\(extra)}"
        case (false, nil): "{\(text)}"
        case (false, let extra?): "{\(text),\(extra)}"
        }
    }
}
