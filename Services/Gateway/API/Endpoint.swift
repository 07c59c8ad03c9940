import DomainModel
import HTTPTypes
import Hummingbird

/// One operation of the API, declared once. The router, the printed list of routes, and the OpenAPI document are made
/// from these declarations, and so is the reader that refuses a wrong body or query.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Call) async throws -> Answer

    let method: HTTPRequest.Method
    /// Below `/api/v1/`, with `{name}` for a parameter.
    let path: String
    let audience: Audience
    let operation: String
    let summary: String
    var tag = ""
    /// The scope an API key needs; nil where only people may call.
    var scope: ApiScope?
    /// The flag that stands before the gate.
    var flag: FeatureFlag?
    var gate: GateRequirement?
    /// Gates that stand before some bodies only; the handler asks them.
    var bodyGates: [BodyGate] = []
    /// What of the plan's limits one more is made of; the handler asks for the room.
    var planLimit: PlanLimit?
    var query: [QueryParameter] = []
    /// Others than these are passed over: what an OAuth server adds must be (RFC 6749 4.1.2).
    var ignoresOtherQuery = false
    var body: Schema?
    var bodyLimit = 256 * 1024
    /// False where the raw bytes are what counts (a signed webhook).
    var readsJSON = true
    var success: HTTPResponse.Status = .ok
    var answer: Schema?
    /// What the answer is, where it is no JSON.
    var mediaType = "application/json"
    /// Other answers that are no problems: JSON of a schema; without one, as `answer`, or nothing.
    var alternatives: [HTTPResponse.Status: Schema?] = [:]
    /// A page for people, who are told of problems by a page too.
    var isPage = false {
        didSet { if isPage, mediaType == "application/json" { mediaType = "text/html" } }
    }
    /// The media types of a body that the handler reads itself, piece by piece.
    var uploads: [String] = []
    var takesIdempotencyKey = false
    var hasETag = false
    /// Stricter than the common limits: by address and by what the body names.
    var limit: RateLimit?
    /// Statuses beyond those that follow from the rest.
    var problems: [HTTPResponse.Status] = []
    let handler: Handler

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ audience: Audience,
        _ operation: String,
        _ summary: String,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.audience = audience
        self.operation = operation
        self.summary = summary
        self.handler = handler
        takesIdempotencyKey = method == .post
    }

    static let root = "/api/v1/"

    /// The path as it is served and documented. A path that starts with a slash stands outside `/api/v1/`.
    var template: String { path.hasPrefix("/") ? path : Self.root + path }

    var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// A copy with some of the declaration changed: `.with { $0.scope = .servicesRead }`.
    func with(_ change: (inout Endpoint) -> Void) -> Endpoint {
        var copy = self
        change(&copy)
        return copy
    }
}

/// A query parameter and what it must look like.
struct QueryParameter: Sendable {
    let name: String
    let schema: Schema
    let note: String

    init(_ name: String, _ schema: Schema, _ note: String) {
        self.name = name
        self.schema = schema
        self.note = note
    }
}

/// A token bucket: `rate` a second on average, `burst` at once.
struct RateLimit: Sendable, Hashable {
    let rate: Double
    let burst: Int
}
