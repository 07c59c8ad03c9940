import Postgres

/// A task without its payload's type: what a worker keeps its tasks as.
package struct AnyTask: Sendable {
    let name: String
    let retry: RetryPolicy
    let timeout: Duration
    let limits: [JobLimit]
    let run: @Sendable (PostgresJSON, JobContext) async throws -> Void

    package init(_ task: some JobTask) {
        name = type(of: task).name
        retry = task.retry
        timeout = task.timeout
        limits = task.limits
        run = { payload, context in try await task.run(Self.read(payload, for: task), context) }
    }

    private static func read<Task: JobTask>(_ payload: PostgresJSON, for task: Task) throws -> Task.Payload {
        do {
            return try payload.decode(Task.Payload.self)
        } catch {
            throw JobError.unreadablePayload(String(describing: error))
        }
    }
}
