import EventLoop
import Logging

/// Opens connections, and tries again while a server restarts.
struct Connector: Sendable {
    let configuration: PostgresConfiguration
    let loop: EventLoop
    let logger: Logger

    /// One connection, within the configuration's `acquireTimeout`.
    func connect() async throws(PostgresError) -> PostgresConnection {
        let deadline = ContinuousClock.now + configuration.acquireTimeout
        var backoff = Backoff()
        try configuration.validate()
        while true {
            do throws(PostgresError) {
                return try await PostgresConnection.connect(configuration, on: loop, logger: logger)
            } catch {
                let pause = backoff.pause()
                guard ContinuousClock.now + pause < deadline else { throw error }
                logger.info("PostgreSQL cannot be reached yet", metadata: ["error": "\(error)"])
                do { try await Task.sleep(for: pause) } catch { throw .cancelled }
            }
        }
    }
}
