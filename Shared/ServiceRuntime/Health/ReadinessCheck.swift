/// One thing that must work before traffic is sent here.
public struct ReadinessCheck: Sendable {
    /// As it stands in the answer of `/readyz`.
    public let name: String
    let check: @Sendable () async throws -> Void

    /// - Parameter check: throws when the thing does not work; the error's text goes to the log, not to the answer.
    public init(_ name: String, _ check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }

    /// Whether the check passes within the limit.
    func passes(within limit: Duration) async -> Result<Void, any Error> {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await check() }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw TimedOut(limit: limit)
                }
                try await group.next()
                group.cancelAll()
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    struct TimedOut: Error, CustomStringConvertible {
        let limit: Duration
        var description: String { "no answer within \(limit)" }
    }
}
