import DomainModel
import Foundation
import WebClient

/// IndexNow (spec 5.2): only pages of a host whose key we hold, sent to one engine, which tells the others. Sending the same
/// again changes nothing. It says that pages were heard of, never that they are indexed.
struct IndexNow: IndexingProvider {
    let web: ProviderWeb
    let baseURL: String

    var service: IndexingServiceKey { .indexnow }

    private struct Order: Encodable {
        let host: String
        let key: String
        let keyLocation: String
        let urlList: [String]
    }

    /// Announces the host's front page: the engine fetches the key file for it.
    func test(_ key: ServiceKey) async throws(IndexingError) -> IndexingBalance {
        let page = ProviderWeb.escaped("https://\(key.host)/")
        _ = try await web.send(
            service,
            .get,
            "\(baseURL)/indexnow?url=\(page)&key=\(ProviderWeb.escaped(key.secret))",
            key: key.secret
        )
        return IndexingBalance()
    }

    func submit(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String? {
        let order = Order(
            host: key.host,
            key: key.secret,
            keyLocation: "https://\(key.host)/\(key.secret).txt",
            urlList: urls
        )
        let body = (try? JSONEncoder().encode(order)).map { Array($0) } ?? []
        _ = try await web.send(
            service,
            .post,
            "\(baseURL)/indexnow",
            headers: [ProviderWeb.jsonType],
            body: body,
            key: key.secret
        )
        return nil
    }

    func find(_ title: String, _ purpose: TaskPurpose, _ key: ServiceKey) async throws(IndexingError) -> TaskSearch {
        .harmless
    }
}

/// By hand: a person finds the request among those to be reviewed.
struct ByHand: IndexingProvider {
    var service: IndexingServiceKey { .manual }

    func test(_ key: ServiceKey) async throws(IndexingError) -> IndexingBalance { IndexingBalance() }

    func submit(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String? { nil }

    func find(_ title: String, _ purpose: TaskPurpose, _ key: ServiceKey) async throws(IndexingError) -> TaskSearch {
        .harmless
    }
}
