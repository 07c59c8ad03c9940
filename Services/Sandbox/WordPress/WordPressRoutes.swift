import HTTPTypes
import Hummingbird

/// Clients' sites under `/wordpress/<host>/`, with the faults they were told to play.
struct WordPressRoutes: Sendable {
    let sites: WordPressSites
    let faults: FaultBook
    let publicURL: String

    func add(to router: Router<SandboxContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            for path in ["/wordpress/{host}", "/wordpress/{host}/**"] as [RouterPath] {
                router.on(path, method: method) { request, context in
                    try await handle(request, context)
                }
            }
        }
    }

    private func handle(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let host = try context.parameters.require("host").lowercased()
        let path = request.uri.path.split(separator: "/").dropFirst(2).map(String.init)
        let fault = try await faults.strike(
            .wordpress,
            "\(request.method.rawValue) /\(([host] + path).joined(separator: "/"))"
        )
        switch fault?.kind {
        case .latency: try await fault?.hold()
        case .tooManyRequests: return try WordPressError(429, "too_many_requests", "Slow down.").response
        case .serverError: return Answers.html("<p>There has been a critical error.</p>", status: .internalServerError)
        case .unavailable: return Answers.html("<p>Briefly unavailable.</p>", status: .serviceUnavailable)
        case .reset:
            await context.channel.resetConnection()
            throw ConnectionCut()
        default: break
        }
        let site = WordPressSite(host: host, url: "\(publicURL)/wordpress/\(host)", sites: sites)
        let answer: Response
        do {
            answer = try await site.respond(to: request, context, path: path)
        } catch let error as WordPressError {
            answer = try error.response
        }
        guard let fault, fault.kind.isAfterEffect else { return answer }
        if fault.kind == .timeoutAfterEffect { try await fault.hold() }
        await context.channel.resetConnection()
        throw ConnectionCut()
    }
}
