import CoreMetrics

/// Metrics as a service would have them, with one that counts here: the jobs whose acknowledgement was committed.
final class CompletionCounter: MetricsFactory {
    private let tally: Tally

    init(tally: Tally) { self.tally = tally }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let isOurs = label == "igny8_jobs_ended_total" && dimensions.contains { $0 == ("outcome", "completed") }
        return isOurs ? Cell(tally: tally) : NOOPMetricsHandler.instance
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { NOOPMetricsHandler.instance }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private final class Cell: CounterHandler {
        let tally: Tally

        init(tally: Tally) { self.tally = tally }

        func increment(by amount: Int64) { tally.completed(Int(amount)) }
        func reset() {}
    }
}
