import CoreMetrics
import NIOConcurrencyHelpers

/// A number that counts up or is set: one series of a counter or a gauge.
final class ValueCell: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
    private let number = NIOLockedValueBox<Double>(0)

    var value: Double { number.withLockedValue { $0 } }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { number.withLockedValue { $0 += amount } }
    func decrement(by amount: Double) { number.withLockedValue { $0 -= amount } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { number.withLockedValue { $0 = value } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func reset() { set(0.0) }
}

/// One series of a histogram with fixed upper bounds.
final class HistogramCell: RecorderHandler, TimerHandler {
    struct State {
        /// Not cumulative here; the last one is the overflow (`+Inf`).
        var counts: [UInt64]
        var sum: Double = 0
    }

    let bounds: [Double]
    private let box: NIOLockedValueBox<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        box = NIOLockedValueBox(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var state: State { box.withLockedValue { $0 } }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let slot = bounds.firstIndex { value <= $0 } ?? bounds.count
        box.withLockedValue { state in
            state.counts[slot] += 1
            state.sum += value
        }
    }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
}
