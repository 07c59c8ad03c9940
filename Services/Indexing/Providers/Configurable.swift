import DomainModel
import Foundation
import WebClient

/// A service that has published no wire format (Colossus): spoken to as staff have written down what its owner told them.
///
/// | member | means | without it |
/// | --- | --- | --- |
/// | `submit_url` | where pages are posted to | nothing is sent |
/// | `format` | `json` or `form` | `json` |
/// | `key_header`, `key_prefix` | the header that carries the key, and what stands before it | none |
/// | `key_field` | the field that carries the key | none |
/// | `urls_field`, `urls_join` | the field of the pages, and what joins them into one text | `urls`, a list |
/// | `title_field` | the field of the title | none |
/// | `ok_field`, `ok_value` | what a success says, by dotted path | any 2xx |
/// | `task_field` | the task's name, by dotted path | none |
/// | `balance_url`, `balance_field` | where the balance is, by dotted path | not asked |
struct Configurable: IndexingProvider {
    let web: ProviderWeb
    let config: [String: JSONValue]

    var service: IndexingServiceKey { .colossus }

    private func text(_ name: String) -> String? {
        if case .string(let text)? = config[name], !text.isEmpty { text } else { nil }
    }

    func test(_ key: ServiceKey) async throws(IndexingError) -> IndexingBalance {
        guard let url = text("balance_url") else { return IndexingBalance() }
        let answer = try await web.send(service, .get, url, headers: keyHeader(key), key: key.secret)
        guard let field = text("balance_field"), case .integer(let count)? = Self.value(field, of: answer.body) else {
            return IndexingBalance()
        }
        return IndexingBalance(submissions: Int(clamping: max(count, 0)))
    }

    func submit(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String? {
        guard let url = text("submit_url") else {
            throw IndexingError(service, .badRequest, "nobody has told how it is spoken to")
        }
        let isForm = text("format") == "form"
        let answer = try await web.send(
            service,
            .post,
            url,
            headers: keyHeader(key) + [isForm ? ProviderWeb.formType : ProviderWeb.jsonType],
            body: body(urls, title, key, isForm: isForm),
            key: key.secret
        )
        if let field = text("ok_field") {
            let said = Self.value(field, of: answer.body).map(Self.words)
            guard let said else { throw IndexingError(service, .unknown, "the answer is not what was promised") }
            guard said == text("ok_value") ?? "true" else {
                let detail = ProviderWeb.masked("answered \(ProviderWeb.clean(said))", key.secret)
                throw IndexingError(service, .badRequest, detail)
            }
        }
        guard let field = text("task_field") else { return nil }
        return Self.value(field, of: answer.body).map { ProviderWeb.clean(Self.words($0)) }
    }

    private func keyHeader(_ key: ServiceKey) -> [(name: String, value: String)] {
        text("key_header").map { [(name: $0, value: (text("key_prefix") ?? "") + key.secret)] } ?? []
    }

    private func body(_ urls: [String], _ title: String, _ key: ServiceKey, isForm: Bool) -> [UInt8] {
        var fields: [(String, JSONValue)] = []
        if let field = text("key_field") { fields.append((field, .string(key.secret))) }
        if let field = text("title_field") { fields.append((field, .string(title))) }
        let joined = text("urls_join") ?? (isForm ? "\n" : nil)
        fields.append(
            (
                text("urls_field") ?? "urls",
                joined.map { .string(urls.joined(separator: $0)) } ?? .array(urls.map { .string($0) })
            )
        )
        if isForm { return ProviderWeb.form(fields.map { ($0.0, Self.words($0.1)) }) }
        let object = Dictionary(fields) { $1 }
        return (try? JSONEncoder().encode(object)).map { Array($0) } ?? []
    }

    private static func value(_ path: String, of body: [UInt8]) -> JSONValue? {
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(body)) else { return nil }
        return path.split(separator: ".").reduce(json as JSONValue?) { value, step in
            if case .object(let members)? = value { members[String(step)] } else { nil }
        }
    }

    private static func words(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        default: ""
        }
    }
}
