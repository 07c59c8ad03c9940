import DomainModel
import FoundationEssentials
import Logging
import Postgres

/// The order in which a call is judged: key, rate, parameters, units, answer.
struct AhrefsAPI: Sendable {
    /// One call, free of the web framework.
    struct Call: Sendable {
        var method: String
        /// Below `/ahrefs/v3/`: `site-explorer/domain-rating`.
        var path: String
        var query: [String: String]
        var authorization: String?
        var body: [UInt8]

        /// How a fault names it.
        var name: String { "\(method) /v3/\(path)" }
    }

    struct Reply: Sendable {
        var status: Int
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]
    }

    let database: PostgresDatabase
    let keys: AhrefsKeys
    let logger: Logger

    func respond(to call: Call) async -> Reply {
        do {
            return try await judge(call)
        } catch let problem as AhrefsProblem {
            return refusal(problem)
        } catch {
            logger.error("a call failed", metadata: ["call": "\(call.name)", "error": "\(error)"])
            return refusal(AhrefsProblem(500, "internal error"))
        }
    }

    func refusal(_ problem: AhrefsProblem) -> Reply {
        Reply(status: problem.status, body: (try? StripeJSON.encode(["error": problem.sentence])) ?? [])
    }

    private func judge(_ call: Call) async throws -> Reply {
        guard let key = call.authorization?.split(separator: " ").last.map(String.init),
            call.authorization?.hasPrefix("Bearer ") == true, let standing = try await keys.standing(of: key)
        else { throw AhrefsProblem(401, "API key is invalid or has expired") }
        guard keys.admit(key) else {
            try await keys.noteRefusal(of: key)
            throw AhrefsProblem(429, "too many requests")
        }
        guard let endpoint = AhrefsTable.all[call.path] else { throw AhrefsProblem(404, "no such endpoint") }
        guard endpoint.method == call.method else { throw AhrefsProblem(405, "method not allowed") }
        let world = AhrefsWorld(database: database, standing: standing)
        let question = try AhrefsQuestion(call, endpoint, standing)
        let answer = try await endpoint.answer(question, world)
        guard try await keys.spend(answer.units, of: key) else {
            throw AhrefsProblem(403, "API units limit reached")
        }
        return Reply(
            status: 200,
            headers: [
                ("x-api-rows", "\(answer.rows)"), ("x-api-units-cost-row", "\(answer.unitsPerRow)"),
                ("x-api-units-cost-total", "\(answer.units)"), ("x-api-units-cost-total-actual", "\(answer.units)"),
                ("x-api-cache", "no_cache"),
            ],
            body: Array(try JSONEncoder().encode(answer.body))
        )
    }
}

/// What an endpoint gives, and what it takes for it.
struct AhrefsAnswer: Sendable {
    var body: AhrefsJSON
    var rows = 1
    var unitsPerRow = 0
    var units = 0

    static func free(_ body: AhrefsJSON) -> AhrefsAnswer { AhrefsAnswer(body: body) }
}
