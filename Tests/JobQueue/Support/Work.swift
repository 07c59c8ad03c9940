import JobQueue

/// A task of a test's own: a name on paper, a closure for a body.
struct Work: JobTask {
    struct Payload: Codable, Hashable, Sendable {
        var word = ""
        var number = 0
    }

    static let name = "work"
    var retry = RetryPolicy(maxAttempts: 3, base: .zero, jitter: 0)
    var timeout: Duration = .seconds(60)
    var limits: [JobLimit] = []
    let body: @Sendable (Payload, JobContext) async throws -> Void

    init(
        retry: RetryPolicy = RetryPolicy(maxAttempts: 3, base: .zero, jitter: 0),
        timeout: Duration = .seconds(60),
        _ body: @escaping @Sendable (Payload, JobContext) async throws -> Void
    ) {
        self.retry = retry
        self.timeout = timeout
        self.body = body
    }

    func run(_ payload: Payload, _ context: JobContext) async throws { try await body(payload, context) }
}

/// Something goes wrong on purpose.
struct Mishap: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
