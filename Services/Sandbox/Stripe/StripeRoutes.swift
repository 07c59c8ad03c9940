import HTTPTypes
import Hummingbird
import NIOCore

/// The API under `/stripe/v1/`, with the faults it was told to play.
struct StripeRoutes: Sendable {
    let api: StripeAPI
    let faults: FaultBook

    func add(to router: Router<SandboxContext>) {
        for method in [HTTPRequest.Method.get, .post, .delete, .put, .patch] {
            router.on("/stripe/v1/**", method: method) { request, context in
                try await handle(request, context)
            }
        }
    }

    private func handle(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let call = try await read(request, context)
        let fault = try await faults.strike(.stripe, call.call)
        switch fault?.kind {
        case .latency: try await fault?.hold()
        case .tooManyRequests: return response(api.refusal(.rateLimit(retryAfter: fault?.retryAfter ?? 1)))
        case .unavailable: return response(api.refusal(.unavailable))
        case .reset:
            await context.channel.resetConnection()
            throw ConnectionCut()
        default: break
        }
        let answer = await api.respond(to: call, failing: fault?.kind == .serverError)
        guard let fault, fault.kind.isAfterEffect else { return response(answer) }
        if fault.kind == .timeoutAfterEffect { try await fault.hold() }
        await context.channel.resetConnection()
        throw ConnectionCut()
    }

    private func read(_ request: Request, _ context: SandboxContext) async throws -> StripeRequest {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        return StripeRequest(
            method: request.method.rawValue,
            path: String(request.uri.path.dropFirst("/stripe".count)),
            query: request.uri.query ?? "",
            authorization: request.headers[.authorization],
            version: request.headers[.stripeVersion],
            idempotencyKey: request.headers[.idempotencyKey],
            body: Array(body.readableBytesView)
        )
    }

    private func response(_ answer: StripeResponse) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: HTTPResponse.Status(code: answer.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        )
    }
}

extension HTTPField.Name {
    fileprivate static var stripeVersion: HTTPField.Name? { HTTPField.Name("Stripe-Version") }
    fileprivate static var idempotencyKey: HTTPField.Name? { HTTPField.Name("Idempotency-Key") }
}

extension HTTPFields {
    fileprivate subscript(_ name: HTTPField.Name?) -> String? { name.flatMap { self[$0] } }
}

extension StripeError {
    static func rateLimit(retryAfter seconds: Int64) -> StripeError {
        StripeError(
            status: 429,
            kind: .invalidRequest,
            message:
                "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
            code: "rate_limit",
            isBeforeExecution: true,
            headers: [("Retry-After", String(seconds)), ("Stripe-Should-Retry", "true")]
        )
    }

    static let unavailable = StripeError(
        status: 503,
        kind: .api,
        message: "The service is temporarily unavailable.",
        isBeforeExecution: true,
        headers: [("Stripe-Should-Retry", "true")]
    )
}
