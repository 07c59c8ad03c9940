import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Postgres

/// The indexing services, each under its own path in its own words (spec 5.2, 5.3), with the faults they were told to play.
struct IndexingRoutes: Sendable {
    let world: IndexingWorld
    let faults: FaultBook

    func add(to router: Router<SandboxContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            on(router, method, "/speedyindex/v2/**", .speedyindex, speedyIndex)
            on(router, method, "/indexnow-engine/indexnow", .indexnow, indexNow)
            on(router, method, "/colossus/**", .colossus, colossus)
        }
        on(router, .post, "/omega/api/omega-indexer-api", .omega, omega)
        on(router, .post, "/linkcentaur/api/newlinks.json", .linkcentaur, linkCentaur)
        router.post("/indexing/keys") { request, context in
            try await world.set(try await Questions.json(IndexingWorld.KeyOrder.self, from: request, context))
            return try Answers.json(["set": 1])
        }
        router.post("/indexing/pages") { request, context in
            let order = try await Questions.json(IndexingWorld.PageOrder.self, from: request, context)
            try await world.set(order)
            return try Answers.json(["set": order.pages.count])
        }
        router.get("/indexing/tasks") { _, _ in try Answers.json(try await world.all()) }
    }

    private struct Call: Sendable {
        let method: String
        /// Below the provider's own root.
        let path: String
        let query: [String: String]
        let authorization: String
        let body: [UInt8]

        var fields: [String: String] {
            var fields: [String: String] = [:]
            for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1).map { Self.plain(String($0)) }
                if let name = parts.first { fields[name] = parts.count > 1 ? parts[1] : "" }
            }
            return fields
        }

        private static func plain(_ text: String) -> String {
            var bytes: [UInt8] = []
            var rest = Array(text.utf8)[...]
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "+") {
                    bytes.append(UInt8(ascii: " "))
                } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                    let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                {
                    bytes.append(value)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private typealias Player = @Sendable (Call) async throws -> Response

    private func on(
        _ router: Router<SandboxContext>,
        _ method: HTTPRequest.Method,
        _ path: RouterPath,
        _ provider: Fault.Provider,
        _ play: @escaping Player
    ) {
        router.on(path, method: method) { request, context in
            let body = try await request.body.collect(upTo: 64 << 20)
            var query: [String: String] = [:]
            for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
            let steps = request.uri.path.split(separator: "/").dropFirst()
            let call = Call(
                method: request.method.rawValue,
                path: steps.joined(separator: "/"),
                query: query,
                authorization: request.headers[.authorization] ?? "",
                body: Array(body.readableBytesView)
            )
            return try await faulty(provider, call, context, play)
        }
    }

    private func faulty(
        _ provider: Fault.Provider,
        _ call: Call,
        _ context: SandboxContext,
        _ play: Player
    ) async throws -> Response {
        let fault = try await faults.strike(provider, "\(call.method) /\(call.path)")
        switch fault?.kind {
        case .latency: try await fault?.hold()
        case .tooManyRequests:
            var answer = try Answers.refusal("too many requests", status: .tooManyRequests)
            if let seconds = fault?.retryAfter { answer.headers[.retryAfter] = "\(seconds)" }
            return answer
        case .serverError: return try Answers.refusal("internal error", status: .internalServerError)
        case .unavailable: return try Answers.refusal("unavailable", status: .serviceUnavailable)
        case .reset:
            await context.channel.resetConnection()
            throw ConnectionCut()
        default: break
        }
        let answer = try await play(call)
        guard let fault else { return answer }
        if let spoiled = try await fault.spoil(answer, context) { return spoiled }
        guard fault.kind.isAfterEffect else { return answer }
        if fault.kind == .timeoutAfterEffect { try await fault.hold() }
        await context.channel.resetConnection()
        throw ConnectionCut()
    }

    // MARK: SpeedyIndex

    private struct Code: Encodable {
        let code: Int
    }

    private struct SpeedyAccount: Encodable {
        struct Balance: Encodable {
            let indexer: Int
            let checker: Int
        }

        var code = 0
        let balance: Balance
    }

    private struct SpeedyCreated: Encodable {
        var code = 0
        let taskId: String
        let type: String
    }

    private struct SpeedyTask: Encodable {
        let id: String
        let size: Int
        let processedCount: Int
        let title: String
        let type: String
        let createdAt: Moment
    }

    private struct SpeedyList: Encodable {
        var code = 0
        let page: Int
        let lastPage: Int
        let result: [SpeedyTask]
    }

    private struct SpeedyReport: Encodable {
        struct Indexed: Encodable {
            let url: String
            let title: String
        }

        struct Unindexed: Encodable {
            let url: String
            let errorCode: Int
        }

        struct Result: Encodable {
            let id: String
            let size: Int
            let processedCount: Int
            let indexedLinks: [Indexed]
            let unindexedLinks: [Unindexed]
            let title: String
            let type: String
            let createdAt: Moment
        }

        var code = 0
        let result: Result
    }

    private struct SpeedyOrder: Decodable {
        let title: String
        let urls: [String]
    }

    private struct SpeedyName: Decodable {
        let task_id: String
    }

    @Sendable private func speedyIndex(_ call: Call) async throws -> Response {
        let key = call.authorization
        guard try await world.admits(key, of: .speedyindex) else {
            return try Answers.refusal("unauthorized", status: .unauthorized)
        }
        let steps = call.path.split(separator: "/").map(String.init)
        switch (call.method, steps.count, steps.last) {
        case ("GET", 2, "account"):
            let balance = try await world.balance(of: key, .speedyindex)
            return try Answers.json(
                SpeedyAccount(balance: .init(indexer: balance.submissions, checker: balance.checks))
            )
        case ("POST", 5, "create"):
            guard let order = try? JSONDecoder().decode(SpeedyOrder.self, from: Data(call.body)),
                (1...10_000).contains(order.urls.count)
            else { return try Answers.refusal("bad request") }
            let task = try await world.take(
                order.urls,
                title: order.title,
                kind: steps[3],
                key: key,
                .speedyindex
            )
            guard let task else { return try Answers.json(Code(code: 1)) }
            return try Answers.json(SpeedyCreated(taskId: task, type: "google/\(steps[3])"))
        case ("GET", 6, let number?) where steps[4] == "list":
            let page = Int(number) ?? 0
            let (tasks, last) = try await world.tasks(of: key, kind: steps[3], page: page)
            return try Answers.json(
                SpeedyList(
                    page: page,
                    lastPage: last,
                    result: tasks.map {
                        SpeedyTask(
                            id: $0.id,
                            size: $0.size,
                            processedCount: $0.size,
                            title: $0.title,
                            type: "google/\($0.kind)",
                            createdAt: Moment($0.createdAt)
                        )
                    }
                )
            )
        case ("POST", 5, "fullreport"):
            guard let name = try? JSONDecoder().decode(SpeedyName.self, from: Data(call.body)),
                let (task, pages) = try await world.report(of: name.task_id, key: key)
            else { return try Answers.json(Code(code: -3)) }
            return try Answers.json(
                SpeedyReport(
                    result: .init(
                        id: task.id,
                        size: task.size,
                        processedCount: task.size,
                        indexedLinks: pages.filter(\.isIndexed).map { .init(url: $0.url, title: "") },
                        unindexedLinks: pages.filter { !$0.isIndexed }.map { .init(url: $0.url, errorCode: 0) },
                        title: task.title,
                        type: "google/\(task.kind)",
                        createdAt: Moment(task.createdAt)
                    )
                )
            )
        default: throw HTTPError(.notFound)
        }
    }

    // MARK: The others

    @Sendable private func omega(_ call: Call) async throws -> Response {
        let fields = call.fields
        let key = fields["apikey"] ?? ""
        func text(_ text: String) -> Response { Answers.bytes(Array(text.utf8), type: "text/html", status: .ok) }
        guard try await world.admits(key, of: .omega) else { return text("Invalid API key") }
        let urls = (fields["urls"] ?? "").split(separator: "|").map(String.init)
        let title = fields["campaignname"] ?? ""
        guard !urls.isEmpty, !title.isEmpty else { return text("missing fields") }
        let task = try await world.take(urls, title: title, kind: "indexer", key: key, .omega)
        return text(task == nil ? "Not enough credits" : "\"done\"")
    }

    @Sendable private func linkCentaur(_ call: Call) async throws -> Response {
        let fields = call.fields
        let key = fields["apikey"] ?? ""
        func say(_ status: String, _ details: String) throws -> Response {
            try Answers.json(["status": status, "details": details])
        }
        guard try await world.admits(key, of: .linkcentaur) else { return try say("error", "Wrong API Key") }
        let urls = (fields["links"] ?? "").split(separator: "|").map(String.init)
        guard !urls.isEmpty else { return try say("error", "No links") }
        let title = fields["campaign"] ?? "My Campaign"
        let task = try await world.take(urls, title: title, kind: "indexer", key: key, .linkcentaur)
        guard task != nil else { return try say("error", "Not enough credits") }
        return try say("ok", "\(urls.count) links added successfully to the campaign \(title)")
    }

    private struct IndexNowOrder: Decodable {
        let host: String
        let key: String
        let keyLocation: String?
        let urlList: [String]
    }

    @Sendable private func indexNow(_ call: Call) async throws -> Response {
        var order = IndexNowOrder(host: "", key: call.query["key"] ?? "", keyLocation: nil, urlList: [])
        if call.method == "GET" {
            let url = call.query["url"] ?? ""
            order = IndexNowOrder(host: Self.host(url), key: order.key, keyLocation: nil, urlList: [url])
        } else if let read = try? JSONDecoder().decode(IndexNowOrder.self, from: Data(call.body)) {
            order = read
        } else {
            return Response(status: .badRequest)
        }
        guard (8...128).contains(order.key.utf8.count),
            order.key.utf8.allSatisfy({
                $0 == UInt8(ascii: "-") || UnicodeScalar($0).properties.isAlphabetic || (48...57).contains($0)
            })
        else { return Response(status: .unprocessableContent) }
        guard try await world.admits(order.key, of: .indexnow) else { return Response(status: .forbidden) }
        guard (1...10_000).contains(order.urlList.count), order.urlList.allSatisfy({ Self.host($0) == order.host })
        else {
            return Response(status: .unprocessableContent)
        }
        let title = "\(order.host)"
        _ = try await world.take(order.urlList, title: title, kind: "indexer", key: order.key, .indexnow)
        return Response(status: .ok)
    }

    private static func host(_ url: String) -> String {
        let rest = url.replacing("https://", with: "").replacing("http://", with: "")
        return String(rest.prefix { $0 != "/" && $0 != ":" }).lowercased()
    }

    private struct ColossusOrder: Decodable {
        let name: String
        let links: [String]
    }

    /// What an owner of Colossus might have been told: JSON, a bearer key, `result.id`.
    @Sendable private func colossus(_ call: Call) async throws -> Response {
        let key = call.authorization.replacing("Bearer ", with: "")
        guard try await world.admits(key, of: .colossus) else { return Response(status: .unauthorized) }
        if call.method == "GET" {
            return try Answers.json(["credits": try await world.balance(of: key, .colossus).submissions])
        }
        guard let order = try? JSONDecoder().decode(ColossusOrder.self, from: Data(call.body)) else {
            return Response(status: .badRequest)
        }
        let task = try await world.take(order.links, title: order.name, kind: "indexer", key: key, .colossus)
        guard let task else { return Response(status: .init(code: 402)) }
        return try Answers.json(ColossusAnswer(success: true, result: .init(id: task)))
    }

    private struct ColossusAnswer: Encodable {
        struct Result: Encodable {
            let id: String
        }

        let success: Bool
        let result: Result
    }
}
