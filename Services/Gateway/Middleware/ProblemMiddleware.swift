import HTTPTypes
import Hummingbird
import Logging

/// Turns whatever went wrong into a problem document. What we did not foresee is logged here and told to no one.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return Problem.of(error, context).response(requestID: context.id)
        }
    }
}

extension Problem {
    /// What a client is told of an error.
    static func of(_ error: any Error, _ context: GatewayContext) -> Problem {
        if let problem = error as? Problem { return problem }
        guard let problem = Problem(understanding: error) else {
            context.logger.error(
                "unexpected error",
                metadata: ["error": "\(String(reflecting: error))", "route": "\(context.endpointPath ?? "-")"]
            )
            return .unexpected
        }
        if problem.status.kind == .serverError {
            context.logger.warning("request failed", metadata: ["error": "\(String(reflecting: error))"])
        }
        return problem
    }
}
