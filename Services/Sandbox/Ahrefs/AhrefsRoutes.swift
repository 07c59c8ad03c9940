import HTTPTypes
import Hummingbird
import NIOCore
import Postgres

/// The API under `/ahrefs/v3/`, with the faults it was told to play; the keys' standing; the links that were placed.
struct AhrefsRoutes: Sendable {
    let api: AhrefsAPI
    let faults: FaultBook

    func add(to router: Router<SandboxContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/ahrefs/v3/**", method: method) { request, context in try await handle(request, context) }
        }
        router.get("/ahrefs/keys") { _, _ in try Answers.json(try await api.keys.report()) }
        router.post("/ahrefs/keys") { request, context in
            let order = try await Questions.json(AhrefsKeys.Order.self, from: request, context)
            try await api.keys.set(order)
            return try Answers.json(try await api.keys.report().filter { $0.key == order.key })
        }
        router.post("/ahrefs/links") { request, context in
            let order = try await Questions.json(AhrefsPlacement.self, from: request, context)
            return try Answers.json(["placed": try await order.place(in: api.database)])
        }
    }

    private func handle(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let call = try await read(request, context)
        let fault = try await faults.strike(.ahrefs, call.name)
        switch fault?.kind {
        case .latency: try await fault?.hold()
        case .tooManyRequests:
            var reply = api.refusal(AhrefsProblem(429, "too many requests"))
            if let seconds = fault?.retryAfter { reply.headers.append(("Retry-After", "\(seconds)")) }
            return response(reply)
        case .serverError: return response(api.refusal(AhrefsProblem(500, "internal error")))
        case .unavailable: return response(api.refusal(AhrefsProblem(503, "unavailable")))
        case .reset:
            await context.channel.resetConnection()
            throw ConnectionCut()
        default: break
        }
        let answer = response(await api.respond(to: call))
        guard let fault else { return answer }
        if let spoiled = try await fault.spoil(answer, context) { return spoiled }
        guard fault.kind.isAfterEffect else { return answer }
        if fault.kind == .timeoutAfterEffect { try await fault.hold() }
        await context.channel.resetConnection()
        throw ConnectionCut()
    }

    private func read(_ request: Request, _ context: SandboxContext) async throws -> AhrefsAPI.Call {
        let body = try await request.body.collect(upTo: context.maxUploadSize)
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
        let path = request.uri.path.dropFirst("/ahrefs/v3/".count)
        return AhrefsAPI.Call(
            method: request.method.rawValue,
            path: String(path.hasSuffix("/") ? path.dropLast() : path),
            query: query,
            authorization: request.headers[.authorization],
            body: Array(body.readableBytesView)
        )
    }

    private func response(_ reply: AhrefsAPI.Reply) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: HTTPResponse.Status(code: reply.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
        )
    }
}

/// Links that somebody has placed on the sandbox's web; one that is placed again is changed.
struct AhrefsPlacement: Decodable, Sendable {
    struct Link: Decodable, Sendable {
        var urlFrom: String
        var urlTo: String
        var anchor: String?
        var isDofollow: Bool?
        /// Days as Ahrefs finds them; the present one when left out.
        var firstSeen: String?
        var lostOn: String?
        var lostReason: String?
    }

    var links: [Link]

    func place(in database: PostgresDatabase) async throws -> Int {
        try await database.transaction { tx in
            for link in links { try await tx.query(Self.statement(link)) }
            return links.count
        }
    }

    private static func statement(_ link: Link) -> SQL {
        """
        insert into sandbox.ahrefs_links as old (url_from, url_to, domain_from, domain_to, anchor, is_dofollow,
            first_seen, lost_on, lost_reason)
        values (\(link.urlFrom), \(link.urlTo), \(host(link.urlFrom)), \(host(link.urlTo)), \(link.anchor ?? ""),
            \(link.isDofollow ?? true), coalesce(\(link.firstSeen)::text::date, igny8_now()::date),
            \(link.lostOn)::text::date, coalesce(\(link.lostReason), 'notfound'))
        on conflict (url_from, url_to) do update set anchor = excluded.anchor, is_dofollow = excluded.is_dofollow,
            first_seen = case when \(link.firstSeen)::text is null then old.first_seen else excluded.first_seen end,
            lost_on = excluded.lost_on, lost_reason = excluded.lost_reason
        """
    }

    private static func host(_ url: String) -> String {
        let rest = url.replacing("https://", with: "").replacing("http://", with: "")
        let host = String(rest.prefix { $0 != "/" && $0 != ":" }).lowercased()
        return host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
    }
}
