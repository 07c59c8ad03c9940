import Foundation
import NIOConcurrencyHelpers

/// Prints what happened and when, and counts it.
final class FaultLog: Sendable {
    private let began = ContinuousClock.now
    private let counts = NIOLockedValueBox<[String: Int]>([:])

    /// Since the run began.
    var elapsed: Duration { began.duration(to: .now) }

    /// How often each fault happened.
    var summary: String {
        let counts = counts.withLockedValue { $0 }
        return "\(counts.values.reduce(0, +)) in all; "
            + counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    }

    /// A fault, and whom it hit.
    func note(_ what: String, _ whom: String) {
        counts.withLockedValue { $0[what, default: 0] += 1 }
        note(whom.isEmpty ? what : "\(what): \(whom)")
    }

    /// A line that is no fault.
    func note(_ line: String) {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        // Not by print, which keeps its lines back when nobody looks on.
        FileHandle.standardOutput.write(Data((String(format: "%8.1f s  ", seconds) + line + "\n").utf8))
    }
}

/// A small generator with a seed (SplitMix64), because the system's has none.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
