public import CoreMetrics
import NIOConcurrencyHelpers

/// The metrics of this process, for swift-metrics on one side and a Prometheus scrape on the other.
///
/// Counters end in `_total`, timers become histograms in `_seconds`, recorders histograms (or gauges when they do not
/// aggregate), meters gauges. Asking twice for a name and labels gives the same series. A name used for two kinds, and
/// series beyond ``seriesLimit`` for a name, are not lost in silence: `igny8_metrics_refused_total` counts them.
public final class PrometheusRegistry: MetricsFactory {
    /// Series of one name. 1,000 is far above routes × statuses (about 90 × 8 at most in use) and far below what a label
    /// filled from user input would make of it.
    public static let seriesLimit = 1000

    /// Seconds. From a cached read (1 ms) to the time limit of a provider call (60 s).
    public static let durationBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// For sizes and counts: powers of four up to about a million.
    public static let sizeBounds: [Double] = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262_144, 1_048_576]

    enum Kind: String { case counter, gauge, histogram }

    struct Family {
        let kind: Kind
        var values: [MetricLabels: ValueCell] = [:]
        var histograms: [MetricLabels: HistogramCell] = [:]
    }

    struct State {
        var families: [String: Family] = [:]
        var collectors: [Collector] = []
        var help: [String: String] = [:]
    }

    /// A gauge read when it is scraped.
    struct Collector: Sendable {
        let name: String
        let help: String
        let read: @Sendable () async -> [(labels: [(String, String)], value: Double)]
    }

    private let box = NIOLockedValueBox(State())
    private let refused = ValueCell()

    public init() {
        help("igny8_metrics_refused_total", "Series not kept: a name used for two kinds, or too many labels.")
        box.withLockedValue {
            $0.families["igny8_metrics_refused_total", default: Family(kind: .counter)].values[MetricLabels([])] =
                refused
        }
    }

    /// Says what a metric means; the scrape shows it as `# HELP`.
    public func help(_ name: String, _ text: String) {
        box.withLockedValue { $0.help[name] = text }
    }

    /// Adds a gauge whose values are asked for at each scrape, such as the depth of a queue.
    ///
    /// - Parameter read: must answer soon; a scrape waits for it.
    public func collect(
        _ name: String,
        help: String,
        _ read: @escaping @Sendable () async -> [(labels: [(String, String)], value: Double)]
    ) {
        box.withLockedValue {
            $0.collectors.append(Collector(name: MetricName.sanitized(name), help: help, read: read))
        }
    }

    var snapshot: State { box.withLockedValue { $0 } }

    // MARK: MetricsFactory

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        value(MetricName.sanitized(label, suffix: "_total"), .counter, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        value(MetricName.sanitized(label, suffix: "_total"), .counter, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        value(MetricName.sanitized(label), .gauge, dimensions)
    }

    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? histogram(MetricName.sanitized(label), Self.sizeBounds, dimensions)
            : value(MetricName.sanitized(label), .gauge, dimensions)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(MetricName.sanitized(label, suffix: "_seconds"), Self.durationBounds, dimensions)
    }

    // A series outlives the handle that made it: a counter that goes back to nothing would look like a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func value(_ name: String, _ kind: Kind, _ dimensions: [(String, String)]) -> ValueCell {
        let labels = MetricLabels(dimensions)
        let kept = box.withLockedValue { state -> ValueCell? in
            let family = state.families[name] ?? Family(kind: kind)
            if let cell = family.values[labels], family.kind == kind { return cell }
            guard family.kind == kind, family.values.count < Self.seriesLimit else { return nil }
            let cell = ValueCell()
            state.families[name, default: family].values[labels] = cell
            return cell
        }
        return kept ?? refuse(ValueCell())
    }

    private func histogram(_ name: String, _ bounds: [Double], _ dimensions: [(String, String)]) -> HistogramCell {
        let labels = MetricLabels(dimensions)
        let kept = box.withLockedValue { state -> HistogramCell? in
            let family = state.families[name] ?? Family(kind: .histogram)
            if let cell = family.histograms[labels] { return cell }
            guard family.kind == .histogram, family.histograms.count < Self.seriesLimit else { return nil }
            let cell = HistogramCell(bounds: bounds)
            state.families[name, default: family].histograms[labels] = cell
            return cell
        }
        return kept ?? refuse(HistogramCell(bounds: bounds))
    }

    private func refuse<Cell>(_ cell: Cell) -> Cell {
        refused.increment(by: 1.0)
        return cell
    }
}
