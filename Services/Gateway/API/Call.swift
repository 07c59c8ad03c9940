import DomainModel
import Hummingbird
import Logging
import Persistence
import Postgres

/// One request, read and checked, in the hands of its route. The database is reached only through ``read(_:)`` and
/// ``write(_:)``, which settle who is calling in the same flight.
struct Call: Sendable {
    let endpoint: Endpoint
    let request: Request
    let parameters: [String: String]
    let query: Query
    let body: JSON
    let rawBody: [UInt8]
    let credentials: Credentials?
    let address: String
    let requestID: String
    let services: GatewayServices
    let logger: Logger

    /// `{id}`, or the id of another name.
    func id(_ name: String = "id") throws(Problem) -> Int64 {
        guard let id = parameters[name].flatMap({ Int64($0) }) else { throw .notFound }
        return id
    }

    func parameter(_ name: String) throws(Problem) -> String {
        guard let value = parameters[name] else { throw .notFound }
        return value
    }

    /// Whose rows this request may see: staff all, others their account's. Who it really is, is settled with the query.
    var tenant: Tenant {
        guard let credentials else { return .system(reason: "public \(endpoint.operation)") }
        return credentials.isStaff
            ? .system(reason: "staff \(endpoint.operation)") : .account(.init(credentials.accountID))
    }

    /// By whom and for what an answer of this request may be used again.
    var memoryKey: RememberedAnswers.Key {
        .init(tenant: tenant.accountID?.rawValue, actor: actor, uri: request.uri.string)
    }

    var actor: String { credentials?.actor ?? "public" }

    /// Runs statements in one flight with the one that says who is calling.
    /// - Throws: 401 or 403 when that one may not; nothing of the rows is used then.
    func read(_ statements: [SQL]) async throws -> (identity: Identity, rows: [PostgresRows]) {
        guard let credentials else { throw Problem.unauthorized("Authentication is needed here.") }
        let flight = [Identity.statement(for: credentials, endpoint)] + statements
        let results = try await services.store.batch(as: tenant, actor: actor, flight)
        let identity = try Identity(results[0], credentials, endpoint)
        try await authorize(identity)
        services.noteUse(of: identity)
        return (identity, Array(results.dropFirst()))
    }

    /// Runs what takes several statements in one transaction that may not write.
    func view(_ body: @Sendable (Write) async throws -> Answer) async throws -> Answer {
        guard let credentials else { throw Problem.unauthorized("Authentication is needed here.") }
        return try await services.store.read(as: tenant, actor: actor) { tx in
            let identity = try Identity(
                try await tx.query(Identity.statement(for: credentials, endpoint)),
                credentials,
                endpoint
            )
            try await authorize(identity)
            return try await body(Write(tx: tx, call: self, identity: identity))
        }
    }

    /// Runs a change in one transaction: identity, idempotency, the change itself, its audit events and jobs, the answer.
    func write(_ body: @Sendable (Write) async throws -> Answer) async throws -> Answer {
        guard let credentials else { throw Problem.unauthorized("Authentication is needed here.") }
        let key = endpoint.takesIdempotencyKey ? try IdempotencyKey(request, body: rawBody) : nil
        return try await services.store.transaction(as: tenant, actor: actor) { tx in
            let identity = try Identity(
                try await tx.query(Identity.statement(for: credentials, endpoint)),
                credentials,
                endpoint
            )
            try await authorize(identity)
            let write = Write(tx: tx, call: self, identity: identity)
            guard let key else { return try await body(write) }
            let (claim, answered) = try await key.claim(for: write)
            if let answered { return answered }
            let answer = try await body(write)
            if let claim { try await IdempotencyKey.record(answer, for: claim, in: write) }
            return answer
        }
    }
}

extension Call {
    /// 403 to who may see the row that the path names but not do this with it, or whose plan does not include it; 404 to
    /// who may not see it, so that a refusal never tells that a row of another tenant exists.
    private func authorize(_ identity: Identity) async throws {
        do {
            try identity.authorize(endpoint)
            try await pass(identity)
        } catch {
            guard let (model, id) = Resources.subject(of: self) else { throw error }
            let row = model.row(id, for: tenant)
            guard try await !services.store.batch(as: tenant, actor: actor, [row])[0].isEmpty else {
                throw Problem.notFound
            }
            throw error
        }
    }
}
