import Foundation
import WebClient

/// How Google is asked: one request, bounded in time and size, no redirect followed, and no secret in what is said afterwards.
struct GoogleWeb: Sendable {
    let client: WebClient
    /// Off where Google is played on this machine.
    let guardAddresses: Bool
    var patience: Duration = .seconds(45)

    /// 25,000 rows with long addresses stay below it.
    private static let largestBody = 32 << 20

    /// - Parameter secrets: what must not appear in an error, whatever is echoed.
    func send(
        _ method: WebMethod,
        _ url: String,
        headers: [(name: String, value: String)],
        body: [UInt8],
        secrets: [String]
    ) async throws(GoogleError) -> [UInt8] {
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
            throw GoogleError(
                .unavailable,
                Self.masked("\(error)", secrets),
                isOutcomeUnknown: error.isOutcomeUnknown
            )
        }
        if (200...299).contains(answer.status) { return answer.body }
        throw Self.error(answer, secrets)
    }

    /// Quota may be 403 or 429; the reason tells (spec 5.6).
    private static func error(_ answer: WebResponse, _ secrets: [String]) -> GoogleError {
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(answer.body))
        let reasons = refusal?.error?.errors?.compactMap(\.reason) ?? []
        let isQuota = reasons.contains { quotaReasons.contains($0) } || refusal?.error?.status == "RESOURCE_EXHAUSTED"
        let kind: GoogleError.Kind =
            switch answer.status {
            case 429: .quotaExceeded
            case 403: isQuota ? .quotaExceeded : .denied
            case 401: .tokenRefused
            case 400: refusal?.token == "invalid_grant" ? .consentEnded : .badRequest
            case 404: .denied
            case 500...599: .unavailable
            default: .unreadable
            }
        let words = refusal?.error?.message ?? refusal?.token ?? ""
        return GoogleError(kind, masked("answered \(answer.status)" + (words.isEmpty ? "" : ": \(words)"), secrets))
    }

    private static let quotaReasons: Set<String> = [
        "quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded",
    ]

    /// Both shapes: that of the API, and that of the token endpoint, whose `error` is a word.
    private struct Refusal: Decodable {
        struct Problem: Decodable {
            struct Detail: Decodable {
                let reason: String?
            }
            let status: String?
            let message: String?
            let errors: [Detail]?
        }

        let error: Problem?
        let token: String?

        enum CodingKeys: String, CodingKey { case error }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            token = try? members.decode(String.self, forKey: .error)
            error = try? members.decode(Problem.self, forKey: .error)
        }
    }

    /// A sentence that must not carry a secret, short and of characters that a database can keep.
    static func masked(_ text: String, _ secrets: [String]) -> String {
        let bare = secrets.filter { !$0.isEmpty }.reduce(text) { $0.replacing($1, with: "•••") }
        return String(bare.unicodeScalars.lazy.filter { $0.value >= 0x20 }.prefix(300).map(Character.init))
    }

    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}
