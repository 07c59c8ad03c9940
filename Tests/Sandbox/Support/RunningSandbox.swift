import EventLoop
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import Redis
import ServiceLifecycle
import ServiceRuntime
import TestSupport
import Testing
import WebClient

@testable import Sandbox

/// A whole sandbox on free ports over a database of its own, as `main` would start it.
struct RunningSandbox: Sendable {
    let url: String
    let smtpPort: Int
    let test: TestDatabase
    let client: WebClient

    static let key = "sk_test_sandbox"
    static let webhookSecret = "whsec_test_secret"

    /// - Parameter gateway: where webhooks go.
    static func start<Value: Sendable>(
        gateway: String? = nil,
        redis: String? = nil,
        _ body: (RunningSandbox) async throws -> Value
    ) async throws -> Value {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await start(on: test, gateway: gateway, redis: redis, body)
        }
    }

    static func start<Value: Sendable>(
        on test: TestDatabase,
        gateway: String? = nil,
        redis: String? = nil,
        _ body: (RunningSandbox) async throws -> Value
    ) async throws -> Value {
        let (port, smtpPort) = (try FreePort.find(), try FreePort.find())
        let settings = Settings(
            try environment(test: test, port: port, smtpPort: smtpPort, gateway: gateway, redis: redis)
        )
        var logger = Logger(label: "test.sandbox")
        logger.logLevel = .warning
        let host = try ServiceHost(
            name: "igny8-sandbox",
            configuration: RuntimeConfiguration(settings),
            registry: PrometheusRegistry(),
            logger: logger
        )
        let services = try await Sandbox.services(host, SandboxConfiguration(settings))
        let group = ServiceGroup(
            configuration: .init(services: [host.database, host.redis] + services, logger: logger)
        )
        let life = Task { try await group.run() }
        let sandbox = RunningSandbox(
            url: "http://127.0.0.1:\(port)",
            smtpPort: smtpPort,
            test: test,
            client: WebClient(loop: TestDatabase.loop, logger: logger)
        )
        let outcome: Result<Value, any Error>
        do {
            while !FreePort.accepts(port) || !FreePort.accepts(smtpPort) { await Task.yield() }
            outcome = .success(try await body(sandbox))
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        _ = try? await life.value
        host.loop.stop()
        return try outcome.get()
    }

    static func environment(
        test: TestDatabase,
        port: Int,
        smtpPort: Int,
        gateway: String?,
        redis: String?
    ) throws -> [String: String] {
        var environment = [
            "IGNY8_DATABASE_URL": test.serviceURL, "IGNY8_DATABASE_OWNER_URL": test.ownerURL,
            "IGNY8_REDIS_URL": try redis ?? TestRedis.url(), "IGNY8_MODE": "sandbox",
            "IGNY8_PRIVATE_PORT": "\(try FreePort.find())", "IGNY8_HTTP_PORT": "\(port)",
            "IGNY8_SANDBOX_SMTP_PORT": "\(smtpPort)", "IGNY8_STRIPE_SECRET_KEY": key,
            "IGNY8_STRIPE_WEBHOOK_SECRETS": "\(webhookSecret),whsec_old", "IGNY8_LOG_LEVEL": "warning",
        ]
        if let gateway { environment["IGNY8_GATEWAY_URL"] = gateway }
        return environment
    }

    func send(
        _ method: WebMethod,
        _ path: String,
        headers: [(name: String, value: String)] = [],
        body: String? = nil,
        timeout: Duration = .seconds(60)
    ) async throws -> Reply {
        Reply(
            try await client.send(
                WebRequest(
                    method: method,
                    url: url + path,
                    headers: headers,
                    body: body.map { Array($0.utf8) },
                    timeout: timeout,
                    guardAddresses: false
                )
            )
        )
    }

    /// The same sandbox through new connections. libcurl sends a request again by itself when a connection that it used
    /// before turns out to be dead; a test of a reset must not give it one.
    func onFreshConnections() -> RunningSandbox {
        var logger = Logger(label: "test.sandbox.client")
        logger.logLevel = .warning
        return RunningSandbox(
            url: url,
            smtpPort: smtpPort,
            test: test,
            client: WebClient(loop: TestDatabase.loop, logger: logger)
        )
    }

    func json(_ method: WebMethod, _ path: String, _ body: String) async throws -> Reply {
        try await send(method, path, headers: [("Content-Type", "application/json")], body: body)
    }
}

/// An answer, with its JSON by path: `reply["error.code"]`, `reply["data.0.id"]`.
struct Reply: Sendable, CustomTestStringConvertible {
    let status: Int
    let response: WebResponse
    let json: JSONValue?

    init(_ response: WebResponse) {
        status = response.status
        self.response = response
        json = try? StripeJSON.value(from: response.body)
    }

    subscript(_ path: String) -> JSONValue? {
        path.split(separator: ".").reduce(json) { value, step in
            switch value {
            case .object(let fields): fields[String(step)]
            case .array(let items): Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
            default: nil
            }
        }
    }

    var testDescription: String { "\(status) \(response.text.prefix(300))" }

    func text(_ path: String) -> String? {
        if case .string(let text) = self[path] { text } else { nil }
    }

    func integer(_ path: String) -> Int64? {
        if case .integer(let number) = self[path] { number } else { nil }
    }

    func count(_ path: String) -> Int? {
        let value = path.isEmpty ? json : self[path]
        return if case .array(let items) = value { items.count } else { nil }
    }
}
