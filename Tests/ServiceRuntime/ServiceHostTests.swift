import EventLoop
import Logging
import ServiceLifecycle
import TestSupport
import Testing
import WebClient

@testable import ServiceRuntime

@Suite("Service host") struct ServiceHostTests {
    private struct Waiting: Service {
        func run() async throws { try? await gracefulShutdown() }
    }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func host(databaseURL: String, redisURL: String, port: Int) throws -> ServiceHost {
        try ServiceHost(
            name: "igny8-test",
            configuration: RuntimeConfiguration(
                Settings([
                    "IGNY8_DATABASE_URL": databaseURL, "IGNY8_REDIS_URL": redisURL, "IGNY8_MODE": "sandbox",
                    "IGNY8_PRIVATE_PORT": "\(port)",
                ])
            ),
            registry: PrometheusRegistry(),
            logger: logger
        )
    }

    private func status(of path: String, port: Int, _ web: WebClient) async -> Int? {
        let request = WebRequest(url: "http://127.0.0.1:\(port)\(path)", guardAddresses: false)
        return try? await web.send(request).status
    }

    @Test("is ready when its database and its Redis answer, and ends when it is told to", .timeLimit(.minutes(1)))
    func life() async throws {
        try await TestDatabase.withDatabase { test in
            let port = try FreePort.find()
            let host = try host(databaseURL: test.serviceURL, redisURL: try TestRedis.url(), port: port)
            let web = WebClient(loop: TestDatabase.loop, logger: logger)
            let life = Task { try await host.serve([Waiting()]) }
            while await status(of: "/readyz", port: port, web) != 200 { await Task.yield() }
            #expect(await status(of: "/healthz", port: port, web) == 200)
            #expect(await status(of: "/metrics", port: port, web) == 200)
            life.cancel()
            _ = await life.result
            #expect(await status(of: "/healthz", port: port, web) == nil)
        }
    }

    @Test("lives, but is not ready, while Redis cannot be reached", .timeLimit(.minutes(1)))
    func notReady() async throws {
        try await TestDatabase.withDatabase { test in
            let port = try FreePort.find()
            let nobody = try FreePort.find()
            let host = try host(databaseURL: test.serviceURL, redisURL: "redis://127.0.0.1:\(nobody)/0", port: port)
            let web = WebClient(loop: TestDatabase.loop, logger: logger)
            let life = Task { try await host.serve([Waiting()]) }
            while await status(of: "/healthz", port: port, web) != 200 { await Task.yield() }
            #expect(await status(of: "/readyz", port: port, web) == 503)
            life.cancel()
            _ = await life.result
        }
    }

    @Test("a wrong setting ends the process with 78 before anything is opened")
    func wrongSetting() async {
        await #expect(processExitsWith: .exitCode(78)) {
            await ServiceHost.run(
                name: "igny8-test",
                settings: Settings(["IGNY8_DATABASE_URL": "mysql://x/y"]),
                configuration: { _ in },
                build: { _, _ in [] }
            )
        }
    }
}
