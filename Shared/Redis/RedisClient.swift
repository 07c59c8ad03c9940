public import EventLoop
public import Logging
import NIOConcurrencyHelpers
public import ServiceLifecycle

/// The client of one Redis server: one pipelined connection for everything, one of its own for blocking moves.
///
/// It connects by itself when first used and again after each loss. A command in flight while the connection is lost
/// fails with `RedisError.connection`: whether it ran is unknown, and only the caller knows whether to repeat it.
/// `run()` is not needed to send commands; it keeps `isReachable` fresh and closes the connections at shutdown.
public final class RedisClient: Service, Sendable {
    private let configuration: RedisConfiguration
    private let shared: RedisLink
    private let blocking: RedisLink
    /// The shared connection while there is one: the way past the link for the common case.
    private let current: NIOLockedValueBox<RedisConnection?>
    private let scripts: ScriptCache

    /// A client that has not connected yet; `loop` carries its sockets and time-outs.
    public init(configuration: RedisConfiguration, loop: EventLoop, logger: Logger) {
        let current = NIOLockedValueBox<RedisConnection?>(nil)
        let scripts = ScriptCache()
        self.configuration = configuration
        self.current = current
        self.scripts = scripts
        self.shared = RedisLink(
            configuration: configuration,
            loop: loop,
            logger: logger,
            greeting: { connection throws(RedisError) in
                try await connection.greet(configuration)
                try await scripts.loadAll(over: connection, timeout: configuration.connectTimeout)
            },
            whenChanged: { connection in current.withLockedValue { $0 = connection } }
        )
        self.blocking = RedisLink(
            configuration: configuration,
            loop: loop,
            logger: logger,
            greeting: { connection throws(RedisError) in try await connection.greet(configuration) },
            whenChanged: { _ in }
        )
    }

    /// Whether there is a connection now. Goes false with a lost connection, a time-out or a failed ping.
    public var isReachable: Bool { current.withLockedValue { $0 != nil } }

    /// Waits until there is a connection, however long the server stays away; throws only when the client is closed or
    /// the task is cancelled.
    public func waitUntilReachable() async throws {
        while !isReachable {
            try Task.checkCancellation()
            do throws(RedisError) { _ = try await shared.connection(patient: true) } catch {
                if case .connection("closed") = error { throw error }
            }
        }
    }

    /// Sends one command, such as `["SET", "key", value]`.
    @discardableResult
    public func command(_ arguments: [RedisArgument]) async throws(RedisError) -> RedisValue {
        guard let reply = try await replies(to: [arguments]).first else { return .null }
        return try reply.get()
    }

    /// Sends `commands` in one flight and gives their replies in order; all are run, and the first error is thrown.
    @discardableResult
    public func pipeline(_ commands: [[RedisArgument]]) async throws(RedisError) -> [RedisValue] {
        var values: [RedisValue] = []
        values.reserveCapacity(commands.count)
        for reply in try await replies(to: commands) { values.append(try reply.get()) }
        return values
    }

    /// Runs `script` by its hash. A server that does not have it (restarted, flushed) gets it, and it runs then.
    @discardableResult
    public func run(
        _ script: RedisScript,
        keys: [String] = [],
        arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        let tail = [RedisArgument(keys.count)] + keys.map { RedisArgument($0) } + arguments
        if let hash = scripts.hash(of: script) {
            do throws(RedisError) {
                return try await command(["EVALSHA", RedisArgument(hash)] + tail)
            } catch  where error.isMissingScript {
                // Nothing has run: load it below and send it again.
            }
        }
        let loaded = try await command(["SCRIPT", "LOAD", RedisArgument(script.source)])
        let hash = scripts.keep(script, hash: loaded.text ?? "")
        return try await command(["EVALSHA", RedisArgument(hash)] + tail)
    }

    /// Sends `message` to whoever listens on `channel`; gives how many did.
    @discardableResult
    public func publish(_ channel: String, _ message: RedisArgument) async throws(RedisError) -> Int64 {
        try await command(["PUBLISH", RedisArgument(channel), message]).integer ?? 0
    }

    /// Takes the element at the right end of `source`, puts it at the left end of `destination` and gives it; nil when
    /// none came within `timeout` (`BLMOVE`). One caller at a time: it has a connection of its own.
    ///
    /// Cancelling the task ends the wait at once by dropping that connection. An element that was moved at that very
    /// moment is in `destination`, unseen: whoever moves elements must look there.
    public func blockingMove(
        from source: String,
        to destination: String,
        timeout: Duration
    ) async throws(RedisError) -> [UInt8]? {
        let connection = try await blocking.connection(patient: true)
        let seconds = Double(timeout.components.seconds) + Double(timeout.components.attoseconds) / 1e18
        // 0 would wait for ever.
        let command: [RedisArgument] = [
            "BLMOVE", RedisArgument(source), RedisArgument(destination), "RIGHT", "LEFT",
            RedisArgument(String(max(seconds, 0.001))),
        ]
        let replies = await withTaskCancellationHandler {
            await connection.send([command], timeout: timeout + configuration.commandTimeout)
        } onCancel: {
            Task { await connection.abort(.connection("cancelled")) }
        }
        guard let reply = replies.first else { return nil }
        return try reply.get().bytes
    }

    /// Keeps the connection warm and watched until the service group shuts down, then closes both.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                _ = try? await self.command(["PING"])
                try? await Task.sleep(for: self.configuration.pingInterval)
            }
        }
        await close()
    }

    /// Ends both connections; whatever is in flight and every later command fails.
    public func close() async {
        await shared.close()
        await blocking.close()
    }

    private func replies(
        to commands: [[RedisArgument]]
    ) async throws(RedisError) -> [Result<RedisValue, RedisError>] {
        if let connection = current.withLockedValue({ $0 }) {
            return await connection.send(commands, timeout: configuration.commandTimeout)
        }
        let connection = try await shared.connection(patient: false)
        return await connection.send(commands, timeout: configuration.commandTimeout)
    }
}

extension RedisClient: CustomStringConvertible {
    /// The address, without the password: service groups log their services.
    public var description: String { "redis \(configuration.host):\(configuration.port)/\(configuration.database)" }
}
