import DomainModel
import Logging
import NIOConcurrencyHelpers
import Persistence
import ServiceLifecycle

/// Counts the gate's decisions in memory and writes them every few seconds in one statement, so that no request waits for
/// its count. A process that dies loses what it has counted since the last flush, and nothing else.
final class FeatureUsageBuffer: Service {
    private let counts = NIOLockedValueBox<[FeatureUsage.Decision: Int]>([:])
    private let store: Store
    private let logger: Logger

    /// How often it is written. Short, because a crash loses so much; long enough that a busy gateway writes one
    /// statement for thousands of decisions.
    static let interval: Duration = .seconds(5)
    /// Kinds of decisions that are held at most while the database is away: about 20 MB. What comes beyond is not counted.
    static let capacity = 100_000

    init(store: Store, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// One more decision of a kind: a lock, a hash, an addition.
    func count(_ decision: FeatureUsage.Decision) {
        counts.withLockedValue { counts in
            if counts[decision] != nil || counts.count < Self.capacity { counts[decision, default: 0] += 1 }
        }
    }

    /// Writes what was counted. When that fails it is kept for the next time.
    func flush() async {
        let taken = counts.withLockedValue { counts in
            defer { counts.removeAll(keepingCapacity: true) }
            return counts
        }
        guard !taken.isEmpty else { return }
        do {
            _ = try await store.batch(
                as: .system(reason: "decisions of the feature gate"),
                actor: "gateway",
                [FeatureUsage.statement(taken)]
            )
        } catch {
            logger.warning("decisions of the gate not written yet", metadata: ["error": "\(error)"])
            counts.withLockedValue { counts in counts.merge(taken) { $0 + $1 } }
        }
    }

    /// Flushes until it is told to stop, and then once more: the database is still there, because it stops after us.
    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.interval)
                await self.flush()
            }
        }
        // In a task of its own: a cancelled one could write nothing.
        await Task { await self.flush() }.value
    }
}
