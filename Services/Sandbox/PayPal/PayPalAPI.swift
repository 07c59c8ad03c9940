import Crypto
import FoundationEssentials
import Logging
import Postgres

/// The order in which a call is judged: token, address, request id, effect.
struct PayPalAPI: Sendable {
    let database: PostgresDatabase
    let outbox: WebhookOutbox
    let tokens: PayPalTokens
    /// Where this PayPal is, without a slash at the end.
    let baseURL: String
    let logger: Logger

    func respond(to request: PayPalRequest, failing: Bool = false) async -> PayPalResponse {
        let debugID = PayPalID.make(length: 13).lowercased()
        do {
            if request.path == "/v1/oauth2/token" { return try tokens.grant(request, debugID) }
            guard tokens.accepts(request.authorization) else { throw PayPalError.unauthorized }
            return try await run(request, debugID, failing: failing)
        } catch let error as PayPalError {
            return refusal(error, debugID)
        } catch PostgresError.server(let state, _, _, _)
            where [.deadlockDetected, .serializationFailure, .lockNotAvailable].contains(state)
        {
            return refusal(.inProgress, debugID)
        } catch {
            logger.error("a call failed", metadata: ["call": "\(request.call)", "error": "\(error)"])
            return refusal(.serverFault, debugID)
        }
    }

    private func run(_ request: PayPalRequest, _ debugID: String, failing: Bool) async throws -> PayPalResponse {
        let path = request.path.split(separator: "/")
        guard let (endpoint, arguments) = PayPalEndpoint.find(request.method, path) else { throw PayPalError.notFound }
        let call = PayPalCall(
            arguments: arguments,
            query: request.query,
            body: request.body,
            requestID: request.requestID
        )
        return try await database.transaction { tx in
            let scope = try await scope(tx)
            let memory = PayPalMemory(tx: tx, request: request, hours: endpoint.memory.rawValue)
            if let known = try await memory.recall(scope) { return response(known, debugID) }
            // What fails within PayPal has no effect and is not remembered.
            if failing { throw PayPalError.serverFault }
            let answer = try await execute(endpoint, call, scope, debugID)
            try await memory.keep(answer)
            return response(answer, debugID)
        }
    }

    /// A refusal found while executing undoes what was written so far, and is itself an answer to be kept.
    private func execute(
        _ endpoint: PayPalEndpoint,
        _ call: PayPalCall,
        _ scope: PayPalScope,
        _ debugID: String
    ) async throws -> PayPalAnswer {
        try await scope.tx.query("savepoint effect")
        do {
            return try await endpoint.run(call, scope)
        } catch let error as PayPalError where !error.isBeforeExecution {
            try await scope.tx.query("rollback to savepoint effect")
            return PayPalAnswer(status: error.status, body: error.body(debugID: debugID))
        }
    }

    func scope(_ tx: PostgresTransaction) async throws -> PayPalScope {
        let rows = try await tx.query("select igny8_now() as now")
        guard let row = rows.first else { throw PostgresError.connection("the time was not told") }
        return PayPalScope(tx: tx, outbox: outbox, now: try row.decode("now"), baseURL: baseURL)
    }

    /// Something that happens at PayPal without a call.
    func happen(_ event: WorldEvent, _ body: (PayPalScope) async throws -> Void) async throws {
        try await database.transaction { tx in
            try await body(try await scope(tx))
            try await tx.query(event.closing)
        }
    }

    private func response(_ answer: PayPalAnswer, _ debugID: String) -> PayPalResponse {
        PayPalResponse(status: answer.status, headers: [("PayPal-Debug-Id", debugID)], body: answer.body)
    }

    func refusal(_ error: PayPalError, _ debugID: String = PayPalID.make(length: 13).lowercased()) -> PayPalResponse {
        PayPalResponse(
            status: error.status,
            headers: [("PayPal-Debug-Id", debugID)] + error.headers,
            body: error.body(debugID: debugID)
        )
    }
}

/// One call as it came, free of the web framework.
struct PayPalRequest: Sendable {
    var method: String
    /// Below `/paypal`: `/v2/checkout/orders`.
    var path: String
    var query: [String: String]
    var authorization: String?
    var requestID: String?
    var body: [UInt8]

    /// How a fault names it.
    var call: String { "\(method) \(path)" }
}

/// What goes back, unless a fault cuts the line.
struct PayPalResponse: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
}

/// What PayPal remembers of a request id: for some hours a repetition is told what became of the first request.
struct PayPalMemory: Sendable {
    let tx: PostgresTransaction
    let request: PayPalRequest
    /// 0 for calls that are not remembered.
    let hours: Int

    private var key: String? { hours > 0 ? request.requestID : nil }
    private var fingerprint: [UInt8] { Array(SHA256.hash(data: Data(request.body))) }

    /// Holds the id until the transaction ends.
    func recall(_ scope: PayPalScope) async throws -> PayPalAnswer? {
        guard let key else { return nil }
        let rows = try await tx.batch([
            "select pg_try_advisory_xact_lock(hashtextextended('paypal ' || \(key), 0)) as held",
            """
            select fingerprint, status, body, kind, object from sandbox.paypal_requests
            where key = \(key) and call = \(request.call)
                and created_at > igny8_now() - \(Int64(hours)) * interval '1 hour'
            """,
        ])
        guard let lock = rows[0].first, try lock.decode("held") else { throw PayPalError.inProgress }
        guard let stored = rows[1].first else { return nil }
        guard try stored.decode("fingerprint", as: [UInt8].self) == fingerprint else { throw PayPalError.reused }
        let (kind, object): (String?, String?) = (try stored.decode("kind"), try stored.decode("object"))
        if let kind, let object, let present = try await PayPalAnswer.present(kind, object, in: scope) {
            return present
        }
        return PayPalAnswer(status: try stored.decode("status"), body: try stored.decode("body"))
    }

    func keep(_ answer: PayPalAnswer) async throws {
        guard let key else { return }
        try await tx.query(
            """
            insert into sandbox.paypal_requests (key, call, fingerprint, status, body, kind, object, created_at)
            values (\(key), \(request.call), \(fingerprint), \(answer.status), \(answer.body), \(answer.kind),
                \(answer.object), igny8_now())
            on conflict (key, call) do update set fingerprint = excluded.fingerprint, status = excluded.status,
                body = excluded.body, kind = excluded.kind, object = excluded.object, created_at = excluded.created_at
            """
        )
    }
}
