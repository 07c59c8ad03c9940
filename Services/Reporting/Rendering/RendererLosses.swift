import NIOConcurrencyHelpers

/// How often a renderer was lost over the document of a job, in this process. Attempts of the job would be the wrong count: the
/// store or the database may have cost them.
final class RendererLosses: Sendable {
    /// Renderers die by accident, but not by three.
    static let most = 3

    private let counts = NIOLockedValueBox<[Int64: Int]>([:])

    /// One more.
    /// - Returns: whether that is too many.
    func another(of job: Int64) -> Bool {
        counts.withLockedValue { counts in
            // What is finished by another process is never forgotten here; nothing depends on it.
            if counts.count > 1_000 { counts.removeAll() }
            counts[job, default: 0] += 1
            guard counts[job] ?? 0 >= Self.most else { return false }
            counts[job] = nil
            return true
        }
    }

    /// The document was made.
    func forget(_ job: Int64) {
        counts.withLockedValue { $0[job] = nil }
    }
}
