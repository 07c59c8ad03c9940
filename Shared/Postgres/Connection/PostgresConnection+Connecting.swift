import CLibPQ
import EventLoop
import Logging

extension PostgresConnection {
    /// Opens a connection, in pipeline mode, within the configuration's limit.
    static func connect(
        _ configuration: PostgresConfiguration,
        on loop: EventLoop,
        logger: Logger
    ) async throws(PostgresError) -> PostgresConnection {
        let started = ContinuousClock.now
        let parameters = try await ConnectionParameters(parsing: configuration.url)
            .completed(by: configuration)
            .resolved(within: configuration.connectTimeout)
        guard let handle = parameters.withArrays({ PQconnectStartParams($0, $1, 0) }) else {
            throw .connection("out of memory")
        }
        let connection = PostgresConnection(
            handle: handle,
            configuration: configuration,
            loop: loop,
            logger: logger
        )
        try await connection.finishConnecting(by: started + configuration.connectTimeout)
        return connection
    }

    private func finishConnecting(by deadline: ContinuousClock.Instant) async throws(PostgresError) {
        receiveNotices()
        var next = PGRES_POLLING_WRITING  // what the manual says to assume before the first PQconnectPoll
        while next != PGRES_POLLING_OK {
            guard next != PGRES_POLLING_FAILED, PQsocket(handle) >= 0 else { throw giveUp(lastMessage) }
            let interest: EventLoop.Interest = next == PGRES_POLLING_READING ? .read : .write
            // The socket may be another one after each step.
            guard await isReady(PQsocket(handle), for: interest, by: deadline) else {
                throw giveUp(Task.isCancelled ? "given up by the caller" : "no connection within the time limit")
            }
            next = PQconnectPoll(handle)
        }
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { throw giveUp(lastMessage) }
        descriptor = PQsocket(handle)
        watch(for: .read)
    }

    private func giveUp(_ message: String) -> PostgresError {
        let error = PostgresError.connection(message)
        end(with: error)
        return error
    }

    /// Waits for one readiness of `descriptor`; false when the deadline comes first, or the task is cancelled: a socket
    /// half open must not outlive the wish for it, since the server waits for its password for a minute.
    private func isReady(
        _ descriptor: Int32,
        for interest: EventLoop.Interest,
        by deadline: ContinuousClock.Instant
    ) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = loop.schedule(after: ContinuousClock.now.duration(to: deadline)) { [weak self] in
                    self?.assumeIsolated { $0.endWait(isReady: false) }
                }
                socketWait = SocketWait(descriptor: descriptor, timer: timer, continuation: continuation)
                loop.watch(descriptor, for: interest) { [weak self] _ in
                    self?.assumeIsolated { $0.endWait(isReady: true) }
                }
            }
        } onCancel: {
            Task { await self.endWait(isReady: false) }
        }
    }

    private func endWait(isReady: Bool) {
        guard let wait = socketWait else { return }
        socketWait = nil
        loop.unwatch(wait.descriptor)
        loop.cancelTimer(wait.timer)
        wait.continuation.resume(returning: isReady)
    }

    /// Sends the server's notices to the logger; libpq would print them.
    private func receiveNotices() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeReceiver(
            handle,
            { context, result in
                guard let context, let result else { return }
                // Called from within libpq, hence on the loop, by a connection that is alive.
                Unmanaged<PostgresConnection>.fromOpaque(context).takeUnretainedValue().logNotice(ServerReport(result))
            },
            context
        )
    }

    private nonisolated func logNotice(_ report: ServerReport) {
        let level: Logger.Level = report.severity == "WARNING" ? .warning : .debug
        logger.log(
            level: level,
            "PostgreSQL notice",
            metadata: ["state": "\(report.state)", "notice": "\(report.message)"]
        )
    }
}
