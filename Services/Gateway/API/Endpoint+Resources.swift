import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

/// The two reads that nearly every resource has, declared from its model alone.
extension Endpoint {
    /// A list with filters, search, order and pages; `parent` is what `{id}` in the path names.
    static func list(
        _ path: String,
        _ audience: Audience,
        _ operation: String,
        _ summary: String,
        _ resource: Resource,
        under parent: ReadModel? = nil,
        where condition: (@Sendable (Call) throws -> SQL?)? = nil
    ) -> Endpoint {
        Endpoint(.get, path, audience, operation, summary) { call in
            var page = try PageRequest(call.query, of: resource.model)
            page.narrow(try condition?(call))
            let remembered = call.services.answers[call.memoryKey]
            var flight = [resource.model.rows(page.page, for: call.tenant, unlessAt: remembered?.snapshot)]
            if let parent { flight.append(parent.row(try call.id(), for: call.tenant)) }
            let (identity, found) = try await call.read(flight)
            // A list below a row that is not there, or is another tenant's, is not empty but not found.
            if parent != nil, found.last?.isEmpty == true { throw Problem.notFound }
            if let remembered, remembered.snapshot == identity.snapshot { return remembered.answer }
            let rows = found[0]
            let count = try await page.count(rows, of: resource.model, call)
            let answer = try page.answer(call, rows, count: count, resource)
            if let snapshot = try resource.model.snapshot(of: rows) {
                call.services.answers.remember(answer, at: snapshot, for: call.memoryKey)
            }
            return answer
        }.with {
            $0.query = resource.listParameters
            $0.answer = resource.listSchema
        }
    }

    /// One row by its id, with its `ETag`.
    static func detail(
        _ path: String,
        _ audience: Audience,
        _ operation: String,
        _ summary: String,
        _ resource: Resource
    ) -> Endpoint {
        Endpoint(.get, path, audience, operation, summary) { call in
            let rows = try await call.read([resource.model.row(try call.id(), for: call.tenant)]).rows[0]
            return try resource.answer(rows).tagged(for: call.request.headers)
        }.with {
            $0.answer = resource.schema
            $0.hasETag = true
        }
    }
}

extension Resource {
    /// The only row; 404 where there is none, which is also what row security makes of another tenant's.
    func answer(_ rows: PostgresRows, status: HTTPResponse.Status = .ok) throws -> Answer {
        guard let row = rows.first else { throw Problem.notFound }
        return try .json(status, capacity: 1024) { try writer.write(row, into: &$0) }
    }
}
