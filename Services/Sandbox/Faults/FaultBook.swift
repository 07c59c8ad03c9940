import NIOConcurrencyHelpers
import Postgres

/// The faults in force. Matching is in memory, counting in the database, so that a count survives a crash.
final class FaultBook: Sendable {
    private let database: PostgresDatabase
    private let faults = NIOLockedValueBox<[Fault]>([])

    init(database: PostgresDatabase) {
        self.database = database
    }

    func load() async throws {
        let rows = try await database.query("select * from sandbox.faults order by id")
        let loaded = try rows.map(Fault.init)
        faults.withLockedValue { $0 = loaded }
    }

    func all() async throws -> [Fault] {
        try await load()
        return faults.withLockedValue { $0 }
    }

    /// The first fault that strikes this call, counted.
    func strike(_ provider: Fault.Provider, _ call: String) async throws -> Fault? {
        let candidates = faults.withLockedValue { faults in
            faults.filter { $0.provider == provider && FaultPattern.matches($0.match, call) }
        }
        for fault in candidates {
            if let struck = try await count(fault) { return struck }
        }
        return nil
    }

    private func count(_ fault: Fault) async throws -> Fault? {
        let seen = try await database.query(
            """
            update sandbox.faults set seen = seen + 1
            where id = \(fault.id) and (remaining is null or remaining > 0) returning seen
            """
        )
        guard let row = seen.first, fault.strikes(call: try row.decode("seen")) else { return nil }
        let struck = try await database.query(
            """
            update sandbox.faults set hits = hits + 1, remaining = remaining - 1
            where id = \(fault.id) and (remaining is null or remaining > 0) returning *
            """
        )
        return try struck.first.map(Fault.init)
    }

    func add(_ order: FaultOrder) async throws -> Fault {
        let rows = try await database.query(
            """
            insert into sandbox.faults (provider, match, kind, remaining, probability, seed, milliseconds, retry_after)
            values (\(order.provider.rawValue), \(order.match ?? "**"), \(order.kind.rawValue), \(order.count),
              \(order.probability), \(order.seed ?? 0), \(order.milliseconds), \(order.retryAfter))
            returning *
            """
        )
        try await load()
        guard let row = rows.first else { throw PostgresError.connection("the fault was not written") }
        return try Fault(row)
    }

    func remove(_ id: Int64?) async throws -> Int {
        let rows =
            if let id {
                try await database.query("delete from sandbox.faults where id = \(id)")
            } else {
                try await database.query("delete from sandbox.faults")
            }
        try await load()
        return rows.affected
    }
}

/// What `POST /faults/` takes.
struct FaultOrder: Decodable, Sendable {
    var provider: Fault.Provider
    var match: String?
    var kind: Fault.Kind
    var count: Int64?
    var probability: Double?
    var seed: Int64?
    var milliseconds: Int64?
    var retryAfter: Int64?
}

extension Fault {
    init(_ row: PostgresRow) throws {
        guard let provider = Provider(rawValue: try row.decode("provider")),
            let kind = Kind(rawValue: try row.decode("kind"))
        else { throw PostgresError.connection("a fault of an unknown kind") }
        self.init(
            id: try row.decode("id"),
            provider: provider,
            match: try row.decode("match"),
            kind: kind,
            remaining: try row.decode("remaining"),
            probability: try row.decode("probability"),
            seed: try row.decode("seed"),
            milliseconds: try row.decode("milliseconds"),
            retryAfter: try row.decode("retry_after"),
            seen: try row.decode("seen"),
            hits: try row.decode("hits")
        )
    }
}
