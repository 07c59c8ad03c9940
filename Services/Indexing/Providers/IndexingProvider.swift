import DomainModel

/// A service that makes search engines look at pages. One request each, never repeated here; what is on the wire stays in
/// the adapter's file.
protocol IndexingProvider: Sendable {
    var service: IndexingServiceKey { get }

    /// Asks whether a key is good, and for how much.
    func test(_ key: ServiceKey) async throws(IndexingError) -> IndexingBalance

    /// Has pages submitted.
    /// - Parameter title: unique; the task is found by it.
    /// - Returns: what the service calls the task; nil where it has no names.
    func submit(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String?

    /// Asks whether pages are in the index.
    /// - Returns: as ``submit(_:title:_:)``.
    func check(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String?

    /// Looks for a task whose answer was lost.
    func find(_ title: String, _ purpose: TaskPurpose, _ key: ServiceKey) async throws(IndexingError) -> TaskSearch

    /// What became of a task's pages; a page that is not named is not known.
    func report(
        _ task: String,
        _ purpose: TaskPurpose,
        _ key: ServiceKey
    ) async throws(IndexingError) -> TaskReport
}

/// What a task is for.
enum TaskPurpose: Sendable {
    case submit
    case check
}

/// A key as it is held for the length of a job. Its description shows nothing of it.
struct ServiceKey: Sendable, CustomStringConvertible {
    let secret: String
    /// Of an IndexNow key.
    var host = ""

    var description: String { "•••" }
}

/// What is left of what was paid for; nil where the service does not say.
struct IndexingBalance: Sendable, Hashable {
    var submissions: Int?
    var checks: Int?
}

/// Where a task is, of which nobody knows whether it arrived.
enum TaskSearch: Sendable, Hashable {
    case found(String)
    /// It never arrived.
    case absent
    /// The service does not tell.
    case unknown
    /// Sending the same again changes nothing there.
    case harmless
}

/// What became of a task.
struct TaskReport: Sendable, Hashable {
    var isComplete: Bool
    var findings: [String: IndexFinding]
}

// What most services cannot do.
extension IndexingProvider {
    func check(_ urls: [String], title: String, _ key: ServiceKey) async throws(IndexingError) -> String? {
        throw IndexingError(service, .badRequest, "does not look pages up")
    }

    func find(_ title: String, _ purpose: TaskPurpose, _ key: ServiceKey) async throws(IndexingError) -> TaskSearch {
        .unknown
    }

    func report(
        _ task: String,
        _ purpose: TaskPurpose,
        _ key: ServiceKey
    ) async throws(IndexingError) -> TaskReport { TaskReport(isComplete: true, findings: [:]) }
}

/// Why a service gave no answer that can be used. Its description holds no key.
struct IndexingError: Error, Sendable, Hashable, CustomStringConvertible {
    enum Kind: Sendable, Hashable {
        /// What we asked makes no sense there. Asking again does not help.
        case badRequest
        /// The key is none.
        case keyRefused
        /// What was paid for is used up.
        case outOfBalance
        /// Overloaded, or asked too often: nothing was done.
        case busy(Duration?)
        /// Nothing was done.
        case unavailable
        /// Nobody knows whether it was done.
        case unknown
    }

    let service: IndexingServiceKey
    let kind: Kind
    let detail: String

    init(_ service: IndexingServiceKey, _ kind: Kind, _ detail: String) {
        self.service = service
        self.kind = kind
        self.detail = detail
    }

    var description: String { "\(service.rawValue): \(detail)" }
}
