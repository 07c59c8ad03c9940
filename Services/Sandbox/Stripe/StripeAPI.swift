import Logging
import Postgres

/// The order in which a call is judged: key, version, address, parameters, idempotency, effect.
struct StripeAPI: Sendable {
    let database: PostgresDatabase
    let outbox: WebhookOutbox
    /// Without one, any `sk_…` is taken.
    let secretKey: String?
    let publicURL: String
    let logger: Logger

    /// - Parameter failing: answer 500 from within the endpoint, without its effect.
    func respond(to request: StripeRequest, failing: Bool = false) async -> StripeResponse {
        let requestID = StripeID.make("req")
        do {
            try StripeAuthentication.check(request.authorization, against: secretKey)
            let version = try StripeVersion.accepted(request.version)
            var response = try await run(request, requestID, failing: failing)
            response.headers.append(("Stripe-Version", version))
            return response
        } catch let error as StripeError {
            return refusal(error, requestID)
        } catch PostgresError.server(let state, _, _, _)
            where [.deadlockDetected, .serializationFailure, .lockNotAvailable].contains(state)
        {
            return refusal(.lockTimeout, requestID)
        } catch {
            logger.error("a call failed", metadata: ["call": "\(request.call)", "error": "\(error)"])
            return refusal(.serverFault, requestID)
        }
    }

    private func run(_ request: StripeRequest, _ requestID: String, failing: Bool) async throws -> StripeResponse {
        let path = request.path.split(separator: "/").dropFirst()
        guard let (endpoint, arguments) = StripeEndpoint.find(request.method, Array(path)) else {
            throw StripeError(
                status: 404,
                kind: .invalidRequest,
                message: "Unrecognized request URL (\(request.method): \(request.path)). Please see "
                    + "https://stripe.com/docs or we can help at https://support.stripe.com/.",
                isBeforeExecution: true
            )
        }
        let fields = try self.fields(of: request)
        let question = try self.question(request, fields)
        return try await database.transaction { tx in
            let ledger = IdempotencyLedger(tx: tx)
            if let question, let replay = try await ledger.open(question) {
                return StripeResponse(
                    status: replay.answer.status,
                    headers: headers(requestID, question.key) + [
                        ("Idempotent-Replayed", "true"), ("Original-Request", replay.requestID),
                    ],
                    body: replay.answer.body
                )
            }
            let scope = try await scope(tx, requestID, request.idempotencyKey)
            let answer =
                failing
                ? try .refused(.serverFault, requestID: requestID)
                : try await execute(endpoint, arguments, fields, scope)
            if let question { try await ledger.store(answer, for: question, requestID: requestID) }
            return StripeResponse(
                status: answer.status,
                headers: headers(requestID, question?.key),
                body: answer.body
            )
        }
    }

    /// A refusal found while executing undoes what was written so far, and is itself an answer to be stored.
    private func execute(
        _ endpoint: StripeEndpoint,
        _ arguments: [String],
        _ fields: [String: FormValue],
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try await scope.tx.query("savepoint effect")
        do {
            var parameters = StripeParameters(fields)
            let paths = try parameters.strings("expand") ?? []
            let answer = try await endpoint.run(arguments, &parameters, scope)
            return try await StripeExpansion(tx: scope.tx).expand(answer, paths)
        } catch let error as StripeError where !error.isBeforeExecution {
            try await scope.tx.query("rollback to savepoint effect")
            return try .refused(error, requestID: scope.requestID)
        }
    }

    func scope(_ tx: PostgresTransaction, _ requestID: String, _ key: String?) async throws -> StripeScope {
        let rows = try await tx.query("select extract(epoch from igny8_now())::bigint as now")
        return StripeScope(
            store: StripeStore(tx: tx),
            outbox: outbox,
            now: try rows.first?.decode("now") ?? 0,
            requestID: requestID,
            idempotencyKey: key,
            publicURL: publicURL
        )
    }

    /// Something that happens at Stripe without a call.
    func happen(_ event: WorldEvent, _ body: (StripeScope) async throws -> Void) async throws {
        try await database.transaction { tx in
            try await body(try await scope(tx, StripeID.make("req"), nil))
            try await tx.query(event.closing)
        }
    }

    private func fields(of request: StripeRequest) throws(StripeError) -> [String: FormValue] {
        do {
            if request.method == "GET" { return try FormValue.decode(request.query.utf8) }
            return try FormValue.decode(request.body.isEmpty ? Array(request.query.utf8) : request.body)
        } catch {
            throw .invalid("Invalid request body: \(error)", param: nil)
        }
    }

    private func question(
        _ request: StripeRequest,
        _ fields: [String: FormValue]
    ) throws(StripeError) -> IdempotencyLedger.Question? {
        guard request.method == "POST", let key = request.idempotencyKey, !key.isEmpty else { return nil }
        guard key.count <= 255 else {
            throw .invalid("Idempotency-Key is too long: at most 255 characters.", param: nil)
        }
        return IdempotencyLedger.Question(
            key: key,
            endpoint: request.call,
            fingerprint: RequestFingerprint.of(fields)
        )
    }

    private func headers(_ requestID: String, _ key: String?) -> [(name: String, value: String)] {
        [("Request-Id", requestID)] + (key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    func refusal(_ error: StripeError, _ requestID: String = StripeID.make("req")) -> StripeResponse {
        let body = (try? StripeAnswer.refused(error, requestID: requestID).body) ?? []
        return StripeResponse(status: error.status, headers: headers(requestID, nil) + error.headers, body: body)
    }
}
