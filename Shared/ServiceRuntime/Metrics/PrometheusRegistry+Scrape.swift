/// The text exposition, format 0.0.4: families by name, series by label, each with its `# HELP` and `# TYPE`.
extension PrometheusRegistry {
    /// The content type of ``scrape()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Everything as it stands now, with the process's own figures.
    public func scrape() async -> String {
        let state = snapshot
        var sections: [String: String] = [:]
        for (name, family) in state.families {
            sections[name] = Self.text(name, family, help: state.help[name])
        }
        for collector in state.collectors {
            let series = await collector.read().map { (MetricLabels($0.labels), $0.value) }.sorted { $0.0 < $1.0 }
            var text = Self.head(collector.name, .gauge, help: collector.help)
            for (labels, value) in series { text += "\(collector.name)\(labels.braced()) \(Self.number(value))\n" }
            sections[collector.name] = text
        }
        for figure in ProcessFigures.read() {
            sections[figure.name] =
                Self.head(figure.name, figure.kind, help: figure.help) + "\(figure.name) \(Self.number(figure.value))\n"
        }
        return sections.sorted { $0.key < $1.key }.map(\.value).joined()
    }

    private static func head(_ name: String, _ kind: Kind, help: String?) -> String {
        let help = help.map { "# HELP \(name) \(MetricName.escapedHelp($0))\n" } ?? ""
        return help + "# TYPE \(name) \(kind.rawValue)\n"
    }

    private static func text(_ name: String, _ family: Family, help: String?) -> String {
        var text = head(name, family.kind, help: help)
        for (labels, cell) in family.values.sorted(by: { $0.key < $1.key }) {
            text += "\(name)\(labels.braced()) \(number(cell.value))\n"
        }
        for (labels, cell) in family.histograms.sorted(by: { $0.key < $1.key }) {
            let state = cell.state
            var total: UInt64 = 0
            for (bound, count) in zip(cell.bounds + [.infinity], state.counts) {
                total += count
                text += "\(name)_bucket\(labels.braced("le=\"\(number(bound))\"")) \(total)\n"
            }
            text += "\(name)_sum\(labels.braced()) \(number(state.sum))\n"
            text += "\(name)_count\(labels.braced()) \(total)\n"
        }
        return text
    }

    /// Whole numbers without their `.0`; infinities as Prometheus writes them.
    static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }
}
