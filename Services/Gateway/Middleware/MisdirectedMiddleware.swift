import HTTPTypes
import Hummingbird

/// Where no route answers: 308 to the path with its trailing slash, 405 where the path is served for other methods.
struct MisdirectedMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    private let served: [(segments: [Substring], methods: String)]

    init(endpoints: [Endpoint]) {
        var methods: [String: Set<String>] = [:]
        for endpoint in endpoints {
            methods[endpoint.template, default: []].insert(endpoint.method.rawValue)
            if endpoint.method == .get { methods[endpoint.template]?.insert("HEAD") }
        }
        served = methods.map { path, methods in
            (path.split(separator: "/").map { Substring(String($0)) }, methods.sorted().joined(separator: ", "))
        }
    }

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && context.endpointPath == "NotFound" {
            let path = request.uri.path.split(separator: "/")
            guard let route = served.first(where: { Self.matches(path, $0.segments) }) else { throw Problem.notFound }
            throw Problem.methodNotAllowed(allow: route.methods)
        }
    }

    private static func matches(_ path: [Substring], _ route: [Substring]) -> Bool {
        path.count == route.count && zip(path, route).allSatisfy { $1.hasPrefix("{") || $0 == $1 }
    }
}
