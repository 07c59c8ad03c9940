import HTTPTypes
import Hummingbird
import ServiceContextModule
import ServiceRuntime
import Tracing

/// Goes on with the trace that the request names (`traceparent`), or begins one. Jobs ordered on the way carry it.
struct TraceMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var trace = ServiceContext.topLevel
        let named = request.headers[.traceparent].flatMap { TraceContext(traceparent: $0) }
        trace.traceContext = named?.child() ?? TraceContext()
        return try await ServiceContext.withValue(trace) { try await next(request, context) }
    }
}
