import CLibPQ
import DequeModule
import EventLoop

/// What a pipeline cannot carry: scripts of many statements, and `COPY`. Only for connections that one caller holds.
extension PostgresConnection {
    /// Runs a text of any number of statements, which share one implicit transaction unless they say otherwise.
    func script(_ text: String) async throws(PostgresError) {
        try await enterExclusive()
        let outcome = await interruptible { () async -> Result<Void, PostgresError> in
            guard PQsendQuery(handle, text) == 1 else { return .failure(.connection(lastMessage)) }
            return await finishCommand()
        }
        try leaveExclusive()
        try outcome.get()
    }

    /// Starts `COPY … FROM STDIN`; ``copyData(_:)`` and ``endCopy(failing:)`` follow.
    func beginCopy(_ command: String) async throws(PostgresError) {
        try await enterExclusive()
        var failure: PostgresError?
        if PQsendQuery(handle, command) == 1, await flushed(), let result = await nextResult() {
            let status = PQresultStatus(result)
            if status != PGRES_COPY_IN { failure = ServerReport(result).error }
            PQclear(result)
        } else {
            failure = closeReason ?? .connection(lastMessage)
        }
        guard let failure else { return }
        _ = await finishCommand()
        try leaveExclusive()
        throw failure
    }

    /// Sends lines of `COPY`'s text format, as fast as the socket takes them.
    func copyData(_ bytes: [UInt8]) async throws(PostgresError) {
        while true {
            if let closeReason { throw closeReason }
            let code = bytes.withUnsafeBytes { buffer in
                PQputCopyData(handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
            }
            if code == 1 { return }
            // 0: libpq's buffer is full, and so is the socket.
            guard code == 0 else { throw .connection(lastMessage) }
            await socketReady([.read, .write])
        }
    }

    /// Ends the data, or gives it up with `message`; returns how many rows the server took.
    func endCopy(failing message: String? = nil) async throws(PostgresError) -> Int {
        if let closeReason { throw closeReason }
        while PQputCopyEnd(handle, message) == 0 {
            await socketReady([.read, .write])
            if let closeReason { throw closeReason }
        }
        var copied = 0
        let outcome = await finishCommand { copied = $0.affected }
        try leaveExclusive()
        try outcome.get()
        return copied
    }

    /// Waits until no flight is under way and no exclusive use either.
    func drained() async {
        while closeReason == nil, isExclusive || !flights.isEmpty {
            await withCheckedContinuation { drainWaiters.append($0) }
        }
    }

    // MARK: Out of the pipeline and back

    private func enterExclusive() async throws(PostgresError) {
        if !preamble.isEmpty { _ = try await run([], onCancel: .ignore) }
        await drained()
        if let closeReason { throw closeReason }
        guard PQexitPipelineMode(handle) == 1 else { throw .connection(lastMessage) }
        isExclusive = true
    }

    private func leaveExclusive() throws(PostgresError) {
        isExclusive = false
        resumeDrained()
        if let closeReason { throw closeReason }
        guard PQenterPipelineMode(handle) == 1 else {
            fail()
            throw .connection("the pipeline could not be entered again")
        }
        watch(for: .read)
    }

    /// Runs `body`; if the task is cancelled meanwhile, has the server cancel what runs.
    private func interruptible<Value: Sendable>(_ body: () async -> Value) async -> Value {
        await withTaskCancellationHandler {
            await body()
        } onCancel: {
            Task { await self.interrupt() }
        }
    }

    /// Sends what is buffered; false when the connection is lost.
    private func flushed() async -> Bool {
        while closeReason == nil {
            switch PQflush(handle) {
            case 0: return true
            case 1: await socketReady([.read, .write])
            default:
                fail()
                return false
            }
        }
        return false
    }

    /// The next result of the command, nil after the last or when the connection is lost.
    private func nextResult() async -> OpaquePointer? {
        while closeReason == nil {
            if PQisBusy(handle) == 0 { return PQgetResult(handle) }
            await socketReady(.read)
        }
        return nil
    }

    /// Takes all results of the command; the first failure counts.
    private func finishCommand(_ body: (PostgresRows) -> Void = { _ in }) async -> Result<Void, PostgresError> {
        guard await flushed() else { return .failure(closeReason ?? .connection("lost")) }
        var failure: PostgresError?
        while let result = await nextResult() {
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                body(PostgresRows(owning: result))
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                end(with: .connection("COPY must go through copyIn"))
            default:
                let report = ServerReport(result)
                PQclear(result)
                if report.isFatal { end(with: .connection(report.message)) }
                failure = failure ?? report.error
            }
        }
        if let failure = closeReason ?? failure { return .failure(failure) }
        return .success(())
    }

    private func socketReady(_ interest: EventLoop.Interest) async {
        guard closeReason == nil else { return }
        watch(for: interest)
        await withCheckedContinuation { exclusiveWaiter = $0 }
    }
}
