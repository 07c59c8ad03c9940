import DomainModel
import Foundation
import WebClient

/// SpeedyIndex v2 (spec 5.3): the raw key as `Authorization`; errors ride in `code`; a task is not created twice by itself,
/// so one whose answer was lost is looked for by its title.
struct SpeedyIndex: IndexingProvider {
    let web: ProviderWeb
    /// Without a slash at the end.
    let baseURL: String

    var service: IndexingServiceKey { .speedyindex }

    func test(_ key: ServiceKey) async throws(IndexingError) -> IndexingBalance {
        let answer: Account = try await call(.get, "account", key, Nothing?.none)
        return IndexingBalance(submissions: answer.balance?.indexer, checks: answer.balance?.checker)
    }

    func submit(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String? {
        try await create("indexer", urls, title, key)
    }

    func check(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String? {
        try await create("checker", urls, title, key)
    }

    private func create(
        _ kind: String,
        _ urls: [String],
        _ title: String,
        _ key: ServiceKey
    ) async throws(IndexingError) -> String? {
        let answer: Created = try await call(.post, "task/google/\(kind)/create", key, New(title: title, urls: urls))
        guard let task = answer.task_id, (1...200).contains(task.utf8.count) else {
            throw IndexingError(service, .unknown, "the answer names no task")
        }
        return task
    }

    func find(_ title: String, _ purpose: TaskPurpose, _ key: ServiceKey) async throws(IndexingError) -> TaskSearch {
        // Newest first, a thousand a page: what was sent within the last day is among the first of them.
        var page = 0
        while page < Self.pages {
            let answer: List = try await call(.get, "task/google/\(kind(purpose))/list/\(page)", key, Nothing?.none)
            if let task = answer.result?.first(where: { $0.title == title })?.id { return .found(task) }
            page += 1
            if page > answer.last_page ?? 0 { break }
        }
        return .absent
    }

    private static let pages = 10

    func report(
        _ task: String,
        _ purpose: TaskPurpose,
        _ key: ServiceKey
    ) async throws(IndexingError) -> TaskReport {
        let answer: Report = try await call(.post, "task/google/\(kind(purpose))/fullreport", key, Named(task_id: task))
        guard let result = answer.result else { throw IndexingError(service, .unknown, "the answer has no report") }
        var findings: [String: IndexFinding] = [:]
        for page in result.unindexed_links ?? [] { findings[page.url] = .notIndexed }
        for page in result.indexed_links ?? [] { findings[page.url] = .indexed }
        return TaskReport(isComplete: (result.processed_count ?? 0) >= (result.size ?? 0), findings: findings)
    }

    private func kind(_ purpose: TaskPurpose) -> String { purpose == .submit ? "indexer" : "checker" }

    // MARK: The wire

    private struct Nothing: Encodable {}

    private struct New: Encodable {
        let title: String
        let urls: [String]
    }

    private struct Named: Encodable {
        let task_id: String
    }

    private protocol Coded: Decodable {
        var code: Int { get }
    }

    private struct Account: Coded {
        struct Balance: Decodable {
            let indexer: Int?
            let checker: Int?
        }

        let code: Int
        let balance: Balance?
    }

    private struct Created: Coded {
        let code: Int
        let task_id: String?
    }

    private struct List: Coded {
        struct Task: Decodable {
            let id: String?
            let title: String?
        }

        let code: Int
        let last_page: Int?
        let result: [Task]?
    }

    private struct Report: Coded {
        struct Page: Decodable {
            let url: String
        }

        struct Result: Decodable {
            let size: Int?
            let processed_count: Int?
            let indexed_links: [Page]?
            let unindexed_links: [Page]?
        }

        let code: Int
        let result: Result?
    }

    private func call<Answer: Coded>(
        _ method: WebMethod,
        _ path: String,
        _ key: ServiceKey,
        _ question: (some Encodable)?
    ) async throws(IndexingError) -> Answer {
        var headers = [(name: "Authorization", value: key.secret), (name: "Accept", value: "application/json")]
        var body: [UInt8]?
        if let question {
            headers.append(ProviderWeb.jsonType)
            body = (try? JSONEncoder().encode(question)).map { Array($0) }
        }
        let answer = try await web.send(
            service,
            method,
            "\(baseURL)/v2/\(path)",
            headers: headers,
            body: body,
            key: key.secret
        )
        guard let read = try? JSONDecoder().decode(Answer.self, from: Data(answer.body)) else {
            throw IndexingError(service, .unknown, "the answer is not what was promised")
        }
        switch read.code {
        case 0: return read
        case 1: throw IndexingError(service, .outOfBalance, "the balance is used up")
        case -2: throw IndexingError(service, .busy(nil), "overloaded")
        default: throw IndexingError(service, .badRequest, "answered code \(read.code)")
        }
    }
}
