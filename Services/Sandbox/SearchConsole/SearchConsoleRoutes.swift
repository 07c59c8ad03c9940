import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Google under `/google/`: tokens and Search Console (spec 5.6), with the faults it was told to play.
struct SearchConsoleRoutes: Sendable {
    let world: SearchConsoleWorld
    let faults: FaultBook

    private typealias Player = @Sendable (Request, [UInt8], SandboxContext) async throws -> String

    func add(to router: Router<SandboxContext>) {
        router.post("/google/grants") { request, context in
            try await world.set(try await Questions.json(SearchConsoleWorld.GrantOrder.self, from: request, context))
            return try Answers.json(["set": 1])
        }
        router.post("/google/token") { request, context in
            let body = try await request.body.collect(upTo: context.maxUploadSize)
            return try await faulty("POST /token", context) {
                try await token(String(decoding: body.readableBytesView, as: UTF8.self))
            }
        }
        router.get("/google/o/oauth2/v2/auth") { request, context in
            try await faulty("GET /o/oauth2/v2/auth", context) { try await authorize(request) }
        }
        on(router, .get, "/google/webmasters/v3/sites") { request, _, _ in
            let bearer = (request.headers[.authorization] ?? "").dropFirst("Bearer ".count)
            let sites = try await world.properties(String(bearer))
            return String(decoding: try JSONEncoder().encode(["siteEntry": sites]), as: UTF8.self)
        }
        on(router, .post, "/google/webmasters/v3/sites/{property}/searchAnalytics/query") { _, body, context in
            let property = try context.parameters.require("property").removingPercentEncoding ?? ""
            return try await world.figures(property, try Self.decode(body))
        }
        on(router, .post, "/google/v1/urlInspection/index:inspect") { _, body, _ in
            let question: Inspection = try Self.decode(body)
            return try await world.inspect(question.siteUrl, question.inspectionUrl)
        }
    }

    private struct Inspection: Decodable {
        var inspectionUrl: String
        var siteUrl: String
    }

    private static func decode<Value: Decodable>(_ body: [UInt8]) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(body))
        } catch {
            throw SearchConsoleWorld.Problem(
                code: 400,
                status: "INVALID_ARGUMENT",
                message: "Invalid JSON payload received.",
                reason: "badRequest"
            )
        }
    }

    private func on(
        _ router: Router<SandboxContext>,
        _ method: HTTPRequest.Method,
        _ path: RouterPath,
        _ play: @escaping Player
    ) {
        router.on(path, method: method) { request, context in
            let body = Array(try await request.body.collect(upTo: context.maxUploadSize).readableBytesView)
            let name = "\(method.rawValue) \(request.uri.path.dropFirst("/google".count))"
            return try await faulty(name, context) {
                do {
                    let bearer = request.headers[.authorization] ?? ""
                    guard bearer.hasPrefix("Bearer "), try await world.admits(String(bearer.dropFirst(7))) else {
                        throw SearchConsoleWorld.Problem(
                            code: 401,
                            status: "UNAUTHENTICATED",
                            message: "Request had invalid authentication credentials.",
                            reason: "authError"
                        )
                    }
                    return Self.json(try await play(request, body, context))
                } catch let problem as SearchConsoleWorld.Problem {
                    return try Self.refusal(problem)
                }
            }
        }
    }

    private func token(_ form: String) async throws -> Response {
        var fields: [String: String] = [:]
        for pair in form.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        guard fields["client_id"]?.isEmpty == false, fields["client_secret"]?.isEmpty == false else {
            return Self.json(#"{"error":"invalid_client","error_description":"Unauthorized"}"#, status: .unauthorized)
        }
        if fields["grant_type"] == "authorization_code" { return try await exchange(fields) }
        guard fields["grant_type"] == "refresh_token" else {
            return Self.json(#"{"error":"unsupported_grant_type"}"#, status: .badRequest)
        }
        guard let access = try await world.refresh(fields["refresh_token"] ?? "") else {
            let sentence = "Token has been expired or revoked."
            return Self.json(
                #"{"error":"invalid_grant","error_description":"\#(sentence)"}"#,
                status: .badRequest
            )
        }
        let scope = "https://www.googleapis.com/auth/webmasters.readonly"
        return Self.json(
            #"{"access_token":"\#(access)","expires_in":3599,"scope":"\#(scope)","token_type":"Bearer"}"#
        )
    }

    private static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Answers.bytes(Array(text.utf8), type: "application/json; charset=UTF-8", status: status)
    }

    private static func refusal(_ problem: SearchConsoleWorld.Problem) throws -> Response {
        struct Body: Encodable {
            struct Problem: Encodable {
                struct Detail: Encodable {
                    let domain: String
                    let reason: String
                    let message: String
                }
                let code: Int
                let message: String
                let status: String
                let errors: [Detail]
            }
            let error: Problem
        }
        let domain = problem.reason == "quotaExceeded" ? "usageLimits" : "global"
        let body = Body(
            error: .init(
                code: problem.code,
                message: problem.message,
                status: problem.status,
                errors: [.init(domain: domain, reason: problem.reason, message: problem.message)]
            )
        )
        let text = String(decoding: try JSONEncoder().encode(body), as: UTF8.self)
        return json(text, status: HTTPResponse.Status(code: problem.code))
    }

    private func faulty(
        _ call: String,
        _ context: SandboxContext,
        _ play: () async throws -> Response
    ) async throws -> Response {
        let fault = try await faults.strike(.google, call)
        switch fault?.kind {
        case .latency: try await fault?.hold()
        case .tooManyRequests: return try Self.refusal(.quota)
        case .serverError:
            return try Self.refusal(
                .init(code: 500, status: "INTERNAL", message: "Internal error encountered.", reason: "backendError")
            )
        case .unavailable:
            return try Self.refusal(
                .init(code: 503, status: "UNAVAILABLE", message: "The service is unavailable.", reason: "backendError")
            )
        case .reset:
            await context.channel.resetConnection()
            throw ConnectionCut()
        default: break
        }
        let answer = try await play()
        guard let fault else { return answer }
        if let spoiled = try await fault.spoil(answer, context) { return spoiled }
        guard fault.kind.isAfterEffect else { return answer }
        if fault.kind == .timeoutAfterEffect { try await fault.hold() }
        await context.channel.resetConnection()
        throw ConnectionCut()
    }
}
