import EventLoop
import Logging
import TestSupport
import Testing

@testable import WebClient

@Suite(.timeLimit(.minutes(1))) struct WebClientTests {}

/// Runs `body` with a client of its own.
@discardableResult
func withWebClient<R>(
    _ configuration: WebClientConfiguration = .init(),
    _ body: (WebClient) async throws -> R
) async throws -> R {
    let loop = EventLoop(name: "test-web")
    defer { loop.stop() }
    let logger = Logger(label: "test.web", factory: { _ in SwiftLogNoOpLogHandler() })
    return try await body(WebClient(configuration: configuration, loop: loop, logger: logger))
}

/// A configuration whose guard lets a test's own server pass, and nothing else that is not public.
func guarding(
    port: Int,
    names: [String: [String]] = [:],
    exceptions: [String] = ["127.0.0.1"]
)
    -> WebClientConfiguration
{
    var configuration = WebClientConfiguration()
    configuration.guardedPorts = [80, 443, port]
    configuration.guardExceptions = Set(exceptions.compactMap { IPAddress($0) })
    let system = configuration.resolve
    configuration.resolve = HostResolver { host in
        if let texts = names[host] { return texts.compactMap { IPAddress($0) } }
        return await system.addresses(host)
    }
    return configuration
}
