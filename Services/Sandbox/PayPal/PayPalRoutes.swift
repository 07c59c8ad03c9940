import HTTPTypes
import Hummingbird
import NIOCore
import Postgres

/// The API under `/paypal/`, with the faults it was told to play; the page where a payer agrees; the certificates.
struct PayPalRoutes: Sendable {
    private struct Approval: Decodable {
        var wallet: TestWallet
    }

    let api: PayPalAPI
    let signer: PayPalSigner
    let faults: FaultBook

    func add(to router: Router<SandboxContext>) {
        for method in [HTTPRequest.Method.get, .post, .delete, .patch] {
            for version in ["v1", "v2", "v3"] {
                router.on("/paypal/\(version)/**", method: method) { request, context in
                    try await handle(request, context)
                }
            }
        }
        router.post("/paypal/approve/{id}") { request, context in
            try await approve(try context.parameters.require("id"), request, context)
        }
    }

    private func handle(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let call = try await read(request, context)
        let fault = try await faults.strike(.paypal, call.call)
        switch fault?.kind {
        case .latency: try await fault?.hold()
        case .tooManyRequests: return response(api.refusal(.rateLimit(retryAfter: fault?.retryAfter ?? 1)))
        case .unavailable: return response(api.refusal(.unavailable))
        case .reset:
            await context.channel.resetConnection()
            throw ConnectionCut()
        default: break
        }
        let answer = try await answer(call, failing: fault?.kind == .serverError)
        guard let fault, fault.kind.isAfterEffect else { return response(answer) }
        if fault.kind == .timeoutAfterEffect { try await fault.hold() }
        await context.channel.resetConnection()
        throw ConnectionCut()
    }

    /// Certificates are public.
    private func answer(_ call: PayPalRequest, failing: Bool) async throws -> PayPalResponse {
        guard call.method == "GET", call.path.hasPrefix(PayPalSigner.folder) else {
            return await api.respond(to: call, failing: failing)
        }
        guard let text = try await signer.certificate(named: String(call.path.dropFirst(PayPalSigner.folder.count)))
        else { return api.refusal(.notFound) }
        return PayPalResponse(
            status: 200,
            headers: [("Content-Type", "application/x-pem-file")],
            body: Array(text.utf8)
        )
    }

    private func approve(_ id: String, _ request: Request, _ context: SandboxContext) async throws -> Response {
        let wallet = try await Questions.json(Approval.self, from: request, context).wallet
        do {
            let token = try await api.database.transaction { tx in
                try await VaultEndpoints.approve(id, by: wallet, in: try await api.scope(tx))
            }
            return try Answers.json(["id": token.id, "status": token.status])
        } catch let error as PayPalError {
            return response(api.refusal(error))
        }
    }

    private func read(_ request: Request, _ context: SandboxContext) async throws -> PayPalRequest {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
        return PayPalRequest(
            method: request.method.rawValue,
            path: String(request.uri.path.dropFirst("/paypal".count)),
            query: query,
            authorization: request.headers[.authorization],
            requestID: HTTPField.Name("PayPal-Request-Id").flatMap { request.headers[$0] },
            body: Array(body.readableBytesView)
        )
    }

    private func response(_ answer: PayPalResponse) -> Response {
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
