import Hummingbird
import HummingbirdTesting
import Logging
import Testing

@testable import ServiceRuntime

@Suite("Private server") struct PrivateServerTests {
    private struct Down: Error {}

    private func app(checks: [ReadinessCheck]) -> Application<RouterResponder<BasicRequestContext>> {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Application(router: PrivateServer.router(registry: PrometheusRegistry(), checks: checks, logger: logger))
    }

    @Test("is ready when every check passes")
    func ready() async throws {
        try await app(checks: [ReadinessCheck("database") {}]).test(.router) { client in
            let response = try await client.executeRequest(uri: "/readyz", method: .get, headers: [:], body: nil)
            #expect(response.status == .ok)
        }
    }

    @Test("names what fails, without the error's text, and stays alive")
    func notReady() async throws {
        let checks = [ReadinessCheck("database") {}, ReadinessCheck("redis") { throw Down() }]
        try await app(checks: checks).test(.router) { client in
            let response = try await client.executeRequest(uri: "/readyz", method: .get, headers: [:], body: nil)
            #expect(response.status == .serviceUnavailable)
            #expect(String(buffer: response.body) == #"{"status":"not ready","failing":["redis"]}"#)
            let health = try await client.executeRequest(uri: "/healthz", method: .get, headers: [:], body: nil)
            #expect(health.status == .ok)
        }
    }

    @Test("a check that never answers fails at its limit")
    func hanging() async {
        let check = ReadinessCheck("stuck") { try await Task.sleep(for: .seconds(3600)) }
        guard case .failure(let error) = await check.passes(within: .milliseconds(5)) else {
            Issue.record("a check that hangs must fail")
            return
        }
        #expect(error is ReadinessCheck.TimedOut)
    }

    @Test("serves the metrics as Prometheus wants them")
    func metrics() async throws {
        try await app(checks: []).test(.router) { client in
            let response = try await client.executeRequest(uri: "/metrics", method: .get, headers: [:], body: nil)
            #expect(response.headers[.contentType] == PrometheusRegistry.contentType)
            #expect(String(buffer: response.body).contains("# TYPE process_open_fds gauge"))
        }
    }
}
