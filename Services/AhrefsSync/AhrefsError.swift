import DomainModel

/// Why Ahrefs gave no answer that can be used. Its description names the endpoint and the status, and holds no key.
struct AhrefsError: Error, Sendable, Hashable, CustomStringConvertible {
    enum Kind: Sendable, Hashable {
        /// 400: what we asked makes no sense there. Asking again does not help.
        case badRequest
        /// 401: the key is none, or has ended.
        case keyRefused
        /// 403: no units left, or the subscription lacks this. Asking again does not help.
        case forbidden
        /// 404: Ahrefs knows nothing about it.
        case unknownTarget
        /// 429, with what `Retry-After` says.
        case tooManyRequests(Duration?)
        /// 5xx.
        case unavailable
        /// Any other status, a redirect among them.
        case unexpected
        /// An answer that is not what was promised.
        case unreadable
        /// None at all; whether the call may have counted nevertheless.
        case noAnswer(mayHaveCounted: Bool)
    }

    let endpoint: AhrefsEndpoint
    let kind: Kind
    let detail: String
    let receipt: AhrefsReceipt

    var description: String {
        let status = receipt.httpStatus.map { "answered \($0)" } ?? "gave no answer"
        return "Ahrefs \(endpoint.rawValue) \(status)" + (detail.isEmpty ? "" : ": \(detail)")
    }
}

/// What stood around an answer.
struct AhrefsReceipt: Sendable, Hashable {
    var httpStatus: Int?
    /// `x-api-units-cost-total-actual`.
    var units: Int?
    /// `x-api-rows`.
    var rows: Int?
    /// `x-api-cache`.
    var cache: String?
    var milliseconds: Int
}

/// What was asked for, and what it cost.
struct AhrefsAnswer<Value: Sendable>: Sendable {
    let value: Value
    let receipt: AhrefsReceipt
}
