import EventLoop
import Foundation
import Glibc
import Logging
import NIOConcurrencyHelpers
public import Redis

/// Redis for tests: the shared server named by `IGNY8_TEST_REDIS_URL`, or one of the test's own that it may kill,
/// freeze and flush.
public enum TestRedis {
    /// The shared server's URL; a missing variable fails the test with a sentence.
    public static func url() throws -> String {
        guard let url = ProcessInfo.processInfo.environment["IGNY8_TEST_REDIS_URL"], !url.isEmpty else {
            throw TestSetupError("IGNY8_TEST_REDIS_URL is not set; deploy/test sets it, or give it a redis:// URL")
        }
        return url
    }

    /// Runs `body` with a client of the shared server. Choose keys that no other test uses.
    @discardableResult
    public static func withClient<R>(_ body: (RedisClient) async throws -> R) async throws -> R {
        try await withClient(of: try RedisConfiguration(url: try url()), body)
    }

    /// Runs `body` with a client of `configuration`'s server and closes it.
    @discardableResult
    public static func withClient<R>(
        of configuration: RedisConfiguration,
        _ body: (RedisClient) async throws -> R
    ) async throws -> R {
        let loop = EventLoop(name: "test-redis")
        let client = RedisClient(configuration: configuration, loop: loop, logger: Logger(label: "test.redis"))
        let result: Result<R, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.close()
        loop.stop()
        return try result.get()
    }

    /// Runs `body` with a server of the test's own on a free port, and ends it.
    @discardableResult
    public static func withServer<R>(
        arguments: [String] = [],
        _ body: (TestRedisServer) async throws -> R
    ) async throws -> R {
        let server = try TestRedisServer(arguments: arguments)
        try await server.start()
        let result: Result<R, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        server.kill()
        return try result.get()
    }
}

/// What a test needs and does not have; the test fails with this sentence.
public struct TestSetupError: Error, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// An error that says `description`.
    public init(_ description: String) { self.description = description }
}

/// A `redis-server` of a test's own, on loopback, that keeps nothing on disk.
public final class TestRedisServer: Sendable {
    /// Its port; the same after a restart.
    public let port: Int
    /// `redis://127.0.0.1:port/0`.
    public var url: String { "redis://127.0.0.1:\(port)/0" }

    private let arguments: [String]
    private let process = NIOLockedValueBox<pid_t?>(nil)

    init(arguments: [String]) throws {
        self.port = try FreePort.find()
        self.arguments = arguments
    }

    deinit { kill() }

    /// Starts it and returns when it accepts connections.
    public func start() async throws {
        let words =
            [
                "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--logfile", "/dev/null",
            ] + arguments
        var pid = pid_t()
        var pointers = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let code = posix_spawnp(&pid, "redis-server", nil, nil, &pointers, environ)
        guard code == 0 else { throw TestSetupError("redis-server does not start: \(String(cString: strerror(code)))") }
        process.withLockedValue { $0 = pid }
        let limit = ContinuousClock.now + .seconds(10)
        while !FreePort.accepts(port) {
            guard .now < limit else { throw TestSetupError("redis-server did not listen within 10 s") }
            await Task.yield()
        }
    }

    /// `kill -9`; returns when it is gone.
    public func kill() {
        let pid = process.withLockedValue { pid in
            defer { pid = nil }
            return pid
        }
        guard let pid else { return }
        Glibc.kill(pid, SIGCONT)
        Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// Stops it from answering, connections kept.
    public func freeze() { signal(SIGSTOP) }

    /// Lets it go on after `freeze`.
    public func thaw() { signal(SIGCONT) }

    private func signal(_ signal: Int32) {
        if let pid = process.withLockedValue({ $0 }) { _ = Glibc.kill(pid, signal) }
    }
}
