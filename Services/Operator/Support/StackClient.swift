import Foundation
import WebClient

/// Speaks JSON to the gateway or the sandbox. A server that is away for a while (it was killed and starts again) is waited
/// for: every request here may be repeated, by its method or by its idempotency key.
struct StackClient: Sendable {
    let web: WebClient
    /// Without a slash at the end.
    let base: String
    var headers: [(name: String, value: String)] = []
    /// How long a server may be away. A supervised service is back within a second; a slow machine gets a minute.
    var patience: Duration = .seconds(60)

    init(web: WebClient, base: String) {
        self.web = web
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    }

    func get<Answer: Decodable>(_ path: String, as _: Answer.Type = Answer.self) async throws -> Answer {
        try decode(try await send(.get, path, body: nil), path)
    }

    /// Nil where there is nothing (404).
    func getIfAny<Answer: Decodable>(_ path: String, as _: Answer.Type = Answer.self) async throws -> Answer? {
        do { return try await get(path) } catch let refusal as Refusal where refusal.status == 404 { return nil }
    }

    /// - Parameter key: names this effect: sent again with it, the server does nothing twice.
    func post<Answer: Decodable>(
        _ path: String,
        _ body: some Encodable,
        key: String? = nil,
        as _: Answer.Type = Answer.self
    ) async throws -> Answer {
        try decode(try await send(.post, path, body: try encode(body), key: key), path)
    }

    func put<Answer: Decodable>(
        _ path: String,
        _ body: some Encodable,
        as _: Answer.Type = Answer.self
    ) async throws -> Answer {
        try decode(try await send(.put, path, body: try encode(body)), path)
    }

    private func send(_ method: WebMethod, _ path: String, body: [UInt8]?, key: String? = nil) async throws -> [UInt8] {
        var request = WebRequest(method: method, url: base + path, headers: headers, body: body, guardAddresses: false)
        request.maximumRedirects = 0
        if body != nil { request.headers.append((name: "Content-Type", value: "application/json")) }
        if let key { request.headers.append((name: "Idempotency-Key", value: key)) }
        let deadline = ContinuousClock.now + patience
        while true {
            let outcome = await attempt(request)
            if case .success(let response) = outcome, (200..<300).contains(response.status) { return response.body }
            guard outcome.isPassing, ContinuousClock.now < deadline else {
                throw Refusal(
                    status: (try? outcome.get())?.status,
                    description: "\(method.rawValue) \(base)\(path): \(outcome.sentence)"
                )
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What the server said no to, with its problem document.
    struct Refusal: Error, CustomStringConvertible {
        let status: Int?
        let description: String
    }

    private func attempt(_ request: WebRequest) async -> Result<WebResponse, WebError> {
        do throws(WebError) { return .success(try await web.send(request)) } catch { return .failure(error) }
    }

    /// The same value gives the same bytes: an idempotency key is bound to them.
    private func encode(_ body: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(body))
    }

    private func decode<Answer: Decodable>(_ body: [UInt8], _ path: String) throws -> Answer {
        if body.isEmpty, let nothing = Nothing() as? Answer { return nothing }
        do { return try JSONDecoder().decode(Answer.self, from: Data(body)) } catch {
            throw OperatorFailure("\(base)\(path) answered what was not expected: \(error)")
        }
    }
}

extension Result<WebResponse, WebError> {
    /// Whether another moment may change it: too many requests, a server at its start or its end, a database away.
    fileprivate var isPassing: Bool {
        switch self {
        case .success(let response): response.status == 429 || response.status >= 500
        case .failure(.connection), .failure(.timeout), .failure(.interrupted): true
        case .failure: false
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .success(let response): "\(response.status) \(response.text.prefix(2000))"
        case .failure(let error): "\(error)"
        }
    }
}

/// An empty body, or one that nobody looks at.
struct Nothing: Codable, Sendable {
    init() {}
    init(from decoder: any Decoder) throws {}
    func encode(to encoder: any Encoder) throws {}
}
