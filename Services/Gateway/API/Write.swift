import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// A transaction of a request, with what every change leaves behind: audit events and jobs.
struct Write: Sendable {
    let tx: PostgresTransaction
    let call: Call
    let identity: Identity

    var tenant: Tenant { call.tenant }

    /// The one row a statement gives; 404 where there is none.
    func row(_ sql: SQL) async throws -> PostgresRow {
        guard let row = try await tx.query(sql).first else { throw Problem.notFound }
        return row
    }

    /// What the resource looks like now.
    func answer(_ resource: Resource, _ id: Int64, status: HTTPResponse.Status = .ok) async throws -> Answer {
        let answer = try resource.answer(try await tx.query(resource.model.row(id, for: tenant)), status: status)
        return answer.with(header: .eTag, EntityTag.of(answer.body))
    }

    /// 412 when the client names a version with `If-Match` that is not the present one, 400 when it names none. Call it
    /// with the row locked.
    func checkVersion(_ resource: Resource, _ id: Int64) async throws {
        guard let field = call.request.headers[.ifMatch] else { return }
        guard EntityTag.lengths.contains(field.count), field.contains(where: { $0 != " " }) else {
            throw Problem.malformed(
                "A header is not as expected.",
                errors: ["If-Match": "an ETag as it was given, or *"]
            )
        }
        let present = try resource.answer(try await tx.query(resource.model.row(id, for: tenant)))
        guard EntityTag.matches(field, EntityTag.of(present.body), weakly: false) else {
            throw Problem.preconditionFailed
        }
    }

    /// Queues a job in this transaction.
    /// - Returns: its id; that of the job already waiting under the same unique key, where there is one.
    func enqueue(_ job: NewJob) async throws -> Int64 {
        if let id = try await call.services.producer.enqueue([job], in: tx).first ?? nil { return id }
        guard let key = job.uniqueKey else { throw Problem.unexpected }
        let waiting = try await tx.query(
            "select id from igny8_jobs where task = \(job.task) and unique_key = \(key)"
        )
        guard let id = try waiting.first?.decode(0, as: Int64.self) else { throw Problem.unavailable }
        return id
    }
}
