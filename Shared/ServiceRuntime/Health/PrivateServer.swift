import Hummingbird
public import Logging
public import ServiceLifecycle

/// The second, private port of every service: `/healthz`, `/readyz`, `/metrics`. Never reachable from outside.
///
/// - `/healthz` answers 200 while the process runs its tasks at all.
/// - `/readyz` answers 200 when every check passes, 503 with the names that fail; 503 as soon as a shutdown has begun.
/// - `/metrics` is the Prometheus scrape.
public struct PrivateServer: Service, CustomStringConvertible {
    /// A check that takes longer than this counts as failed: below the 5 s that probes usually wait.
    public static let checkLimit: Duration = .seconds(2)

    public let description = "private server"
    private let application: Application<RouterResponder<BasicRequestContext>>

    public init(
        host: String,
        port: Int,
        registry: PrometheusRegistry,
        checks: [ReadinessCheck],
        logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        application = Application(
            router: Self.router(registry: registry, checks: checks, logger: logger),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { await onRunning($0.localAddress?.port ?? port) },
            logger: logger
        )
    }

    public func run() async throws {
        try await application.run()
    }

    /// The routes alone, for tests without a socket.
    static func router(
        registry: PrometheusRegistry,
        checks: [ReadinessCheck],
        logger: Logger
    ) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("healthz") { _, _ in answer(.ok, #"{"status":"ok"}"#) }
        router.get("metrics") { _, _ in
            answer(.ok, await registry.scrape(), type: PrometheusRegistry.contentType)
        }
        router.get("readyz") { _, _ in
            if Task.isShuttingDownGracefully { return answer(.serviceUnavailable, #"{"status":"stopping"}"#) }
            var failing: [String] = []
            for check in checks {
                if case .failure(let error) = await check.passes(within: checkLimit) {
                    failing.append(check.name)
                    logger.warning(
                        "A readiness check fails",
                        metadata: ["check": "\(check.name)", "error": "\(error)"]
                    )
                }
            }
            guard !failing.isEmpty else { return answer(.ok, #"{"status":"ready"}"#) }
            let names = failing.map { "\"\($0)\"" }.joined(separator: ",")
            return answer(.serviceUnavailable, "{\"status\":\"not ready\",\"failing\":[\(names)]}")
        }
        return router
    }

    private static func answer(
        _ status: HTTPResponse.Status,
        _ body: String,
        type: String = "application/json"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body))
        )
    }
}
