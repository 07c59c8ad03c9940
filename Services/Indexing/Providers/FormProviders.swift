import DomainModel
import Foundation
import WebClient

/// Omega Indexer (spec 5.3): a form in, the word `done` out. It has no ids, no status and no balance.
struct Omega: IndexingProvider {
    let web: ProviderWeb
    let baseURL: String

    var service: IndexingServiceKey { .omega }

    /// There is nothing to ask: the first submission tells.
    func test(_ key: ServiceKey) async throws(IndexingError) -> IndexingBalance { IndexingBalance() }

    func submit(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String? {
        let answer = try await web.send(
            service,
            .post,
            "\(baseURL)/api/omega-indexer-api",
            headers: [ProviderWeb.formType],
            body: ProviderWeb.form([
                ("apikey", key.secret), ("campaignname", title), ("urls", joined(urls)),
                ("dripfeed", "0"),
            ]),
            key: key.secret
        )
        let text = answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
        if text == "\"done\"" || text == "done" { return nil }
        // Errors are undocumented texts in a 200; what names key or credits has certainly not been done.
        let words = text.lowercased()
        let detail = ProviderWeb.masked("answered \(ProviderWeb.clean(text))", key.secret)
        if words.utf8.count < 200 {
            if words.contains("credit") || words.contains("balance") {
                throw IndexingError(service, .outOfBalance, detail)
            }
            if words.contains("api key") || words.contains("apikey") {
                throw IndexingError(service, .keyRefused, detail)
            }
        }
        throw IndexingError(service, .unknown, detail)
    }
}

/// LinkCentaur (spec 5.3): a form in, `status` and `details` out. It has no ids, no status of tasks and no balance.
struct LinkCentaur: IndexingProvider {
    let web: ProviderWeb
    let baseURL: String

    var service: IndexingServiceKey { .linkcentaur }

    /// There is nothing to ask: the first submission tells.
    func test(_ key: ServiceKey) async throws(IndexingError) -> IndexingBalance { IndexingBalance() }

    private struct Answer: Decodable {
        let status: String
        let details: String?
    }

    func submit(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String? {
        let answer = try await web.send(
            service,
            .post,
            "\(baseURL)/api/newlinks.json",
            headers: [ProviderWeb.formType],
            body: ProviderWeb.form([
                ("apikey", key.secret), ("links", joined(urls)), ("campaign", title),
            ]),
            key: key.secret
        )
        guard let read = try? JSONDecoder().decode(Answer.self, from: Data(answer.body)) else {
            throw IndexingError(service, .unknown, "the answer is not what was promised")
        }
        if read.status == "ok" { return nil }
        let detail = ProviderWeb.masked(ProviderWeb.clean(read.details ?? "refused"), key.secret)
        let words = detail.lowercased()
        if words.contains("key") { throw IndexingError(service, .keyRefused, detail) }
        if words.contains("credit") || words.contains("balance") || words.contains("limit") {
            throw IndexingError(service, .outOfBalance, detail)
        }
        throw IndexingError(service, .badRequest, detail)
    }
}

/// Pages as both take them: a page's own `|` would part it in two.
private func joined(_ urls: [String]) -> String {
    urls.map { $0.replacing("|", with: "%7C") }.joined(separator: "|")
}
