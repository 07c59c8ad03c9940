import HTTPTypes
import Hummingbird
import Logging
import Metrics

/// One line and one measurement a request, by the route's template, never by the address that was asked for.
struct AccessLogMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let metrics = RouteMetrics()

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.requestID] = context.id
        let elapsed = start.duration(to: .now)
        let route = context.endpointPath ?? "unmatched"
        metrics.record(method: request.method.rawValue, route: route, status: response.status.code, elapsed)
        if context.logger.logLevel <= .info {
            log(request, response, route, elapsed, context)
        }
        return response
    }

    private func log(
        _ request: Request,
        _ response: Response,
        _ route: String,
        _ elapsed: Duration,
        _ context: Context
    ) {
        var metadata: Logger.Metadata = [
            "method": .string(request.method.rawValue), "route": .string(route),
            "status": .stringConvertible(response.status.code),
            "milliseconds": .stringConvertible(Double(elapsed.microseconds) / 1000),
        ]
        if let length = response.body.contentLength { metadata["bytes"] = .stringConvertible(length) }
        if let account = context.notes.account { metadata["account"] = .stringConvertible(account) }
        if let principal = context.notes.principal { metadata["principal"] = .string(principal) }
        context.logger.info("request", metadata: metadata)
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
}

extension Duration {
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
