import DomainModel
import Foundation
import WebClient

/// How adapters ask: one request, bounded in time and size, no redirect followed, and no key in what they say afterwards.
struct ProviderWeb: Sendable {
    let client: WebClient
    /// Off where the services are played on this machine.
    let guardAddresses: Bool
    var patience: Duration = .seconds(45)

    /// A report of 10,000 pages with long addresses is below 8 MB.
    private static let largestBody = 16 << 20

    func send(
        _ service: IndexingServiceKey,
        _ method: WebMethod,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        key: String
    ) async throws(IndexingError) -> WebResponse {
        let answer: WebResponse
        do throws(WebError) {
            answer = try await client.send(
                WebRequest(
                    method: method,
                    url: url,
                    headers: headers,
                    body: body,
                    timeout: patience,
                    maximumBodyBytes: Self.largestBody,
                    guardAddresses: guardAddresses,
                    maximumRedirects: 0
                )
            )
        } catch {
            throw IndexingError(
                service,
                error.isOutcomeUnknown ? .unknown : .unavailable,
                Self.masked("\(error)", key)
            )
        }
        if let error = Self.error(service, answer, key) { throw error }
        return answer
    }

    /// What a status means that is no success. A redirect is an answer of nobody we asked.
    private static func error(_ service: IndexingServiceKey, _ answer: WebResponse, _ key: String) -> IndexingError? {
        let kind: IndexingError.Kind
        switch answer.status {
        case 200...299: return nil
        case 400, 404, 405, 413, 415, 422: kind = .badRequest
        case 401, 403: kind = .keyRefused
        case 402: kind = .outOfBalance
        case 429:
            let seconds = answer.header("Retry-After").flatMap { Int($0) }
            kind = .busy(seconds.map { .seconds(min(max($0, 1), 3_600)) })
        case 503: kind = .unavailable
        default: kind = .unknown
        }
        let words = clean(String(decoding: answer.body.prefix(300), as: UTF8.self))
        return IndexingError(
            service,
            kind,
            masked("answered \(answer.status)" + (words.isEmpty ? "" : ": \(words)"), key)
        )
    }

    /// A sentence that must not carry the key, whatever a provider or a proxy echoes.
    static func masked(_ text: String, _ key: String) -> String {
        key.isEmpty ? text : text.replacing(key, with: "•••")
    }

    /// Text that a database can keep.
    static func clean(_ text: String, _ length: Int = 200) -> String {
        String(text.unicodeScalars.lazy.filter { $0.value >= 0x20 }.prefix(length).map(Character.init))
    }

    static func form(_ fields: [(String, String)]) -> [UInt8] {
        Array(fields.map { "\(escaped($0))=\(escaped($1))" }.joined(separator: "&").utf8)
    }

    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    static let formType = (name: "Content-Type", value: "application/x-www-form-urlencoded")
    static let jsonType = (name: "Content-Type", value: "application/json; charset=utf-8")
}
