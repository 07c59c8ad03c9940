import ArgumentParser
import Glibc
import NIOConcurrencyHelpers

/// What one process has done, in a file that `measure.py` maps: completions, latencies written, then each latency.
///
/// Layout, in the machine's byte order: UInt64 completions, UInt64 samples, then UInt32 microseconds for each sample.
final class Tally: Sendable {
    private struct Counts {
        var completions: UInt64 = 0
        var samples: UInt64 = 0
        nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    }

    /// Room for two million latencies: a minute at the fastest rate there is.
    private static let size = 16 + 4 * 2_000_000

    private let counts: NIOLockedValueBox<Counts>

    init(folder: String) throws {
        let path = "\(folder)/\(getpid())"
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0, ftruncate(file, Self.size) == 0,
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED
        else { throw ValidationError("The tally \(path) cannot be written.") }
        close(file)
        counts = NIOLockedValueBox(Counts(memory: memory))
    }

    /// An acknowledgement was committed.
    func completed(_ count: Int) {
        counts.withLockedValue { counts in
            counts.completions += UInt64(count)
            counts.memory.storeBytes(of: counts.completions, as: UInt64.self)
        }
    }

    /// A handler began so long after its job was due.
    func started(afterMicroseconds latency: Int64) {
        counts.withLockedValue { counts in
            let offset = 16 + 4 * Int(counts.samples)
            guard offset < Self.size else { return }
            counts.memory.storeBytes(of: UInt32(clamping: latency), toByteOffset: offset, as: UInt32.self)
            counts.samples += 1
            counts.memory.storeBytes(of: counts.samples, toByteOffset: 8, as: UInt64.self)
        }
    }
}
