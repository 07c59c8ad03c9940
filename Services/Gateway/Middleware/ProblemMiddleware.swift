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
        } catch let problem as Problem {
            return problem.response(requestID: context.id)
        } catch {
            guard let problem = Problem(understanding: error) else {
                context.logger.error(
                    "unexpected error",
                    metadata: ["error": "\(String(reflecting: error))", "route": "\(context.endpointPath ?? "-")"]
                )
                return Problem.unexpected.response(requestID: context.id)
            }
            if problem.status.kind == .serverError {
                context.logger.warning("request failed", metadata: ["error": "\(String(reflecting: error))"])
            }
            return problem.response(requestID: context.id)
        }
    }
}
