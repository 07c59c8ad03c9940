public import DomainModel
public import Foundation
public import Postgres

/// `igny8_core_imports`: data of the core until it is read, and what came of it.
public enum CoreImports {
    /// What an import is.
    public struct Import: Sendable {
        /// The row's id.
        public let id: Int64
        /// Whose rows it may hold; nil is everybody's.
        public let account: Account.ID?
        /// The name of a ``CoreKind``.
        public let kind: String
        /// `csv` or `ndjson`.
        public let format: String
        /// In all.
        public let bytes: Int64
        /// How far it is; nil before the first batch.
        public let progress: CoreImportCount?
        /// When it was read to its end.
        public let finishedAt: Date?
        /// When it came.
        public let createdAt: Date
    }

    /// A piece of at most so many bytes is a row.
    private static let part = 1 << 20

    /// Keeps what was sent.
    /// - Parameter account: whose rows it may hold; nil is everybody's.
    /// - Returns: its id.
    public static func store(
        _ content: [UInt8],
        format: String,
        kind: CoreKind,
        account: Account.ID?,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Int64 {
        let id: Int64 = try await tx.query(
            """
            insert into igny8_core_imports (account_id, kind, format, bytes, created_by)
            values (\(account?.rawValue), \(kind.name), \(format), \(content.count), \(createdBy?.rawValue)) returning id
            """
        ).only().decode("id")
        for (position, start) in stride(from: 0, to: content.count, by: part).enumerated() {
            let piece = Array(content[start..<min(start + part, content.count)])
            try await tx.query(
                """
                insert into igny8_core_import_parts (import_id, account_id, position, content)
                values (\(id), \(account?.rawValue), \(position), \(piece))
                """
            )
        }
        return id
    }

    /// An import, when the tenant may see it.
    public static func find(
        _ id: Int64,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Import? {
        try await queries.query(
            """
            select id, account_id, kind, format, bytes, coalesce(result, progress) as progress, finished_at, created_at
            from igny8_core_imports where id = \(id) and \(fragment: tenant.owns())
            """
        ).first.map { row in
            Import(
                id: try row.decode("id"),
                account: try row.id(ifAny: "account_id"),
                kind: try row.decode("kind"),
                format: try row.decode("format"),
                bytes: try row.decode("bytes"),
                progress: try row.decode("progress", as: PostgresJSON?.self)?.decode(CoreImportCount.self),
                finishedAt: try row.decode("finished_at"),
                createdAt: try row.decode("created_at")
            )
        }
    }

    /// A piece of it, nil beyond the last.
    public static func part(
        _ position: Int,
        of id: Int64,
        in queries: some PostgresQuerying
    ) async throws -> [UInt8]? {
        try await queries.query(
            "select content from igny8_core_import_parts where import_id = \(id) and position = \(position)"
        ).first.map { row in try row.decode("content") }
    }

    /// Keeps how far it is, with the rows that were just written.
    /// - Parameter old: how far whoever says so believed it to be.
    /// - Returns: false when somebody else is further already; nothing is kept then.
    public static func advance(
        _ id: Int64,
        from old: CoreImportCount?,
        to new: CoreImportCount,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await !tx.query(
            """
            update igny8_core_imports set progress = \(try PostgresJSON(new))
            where id = \(id) and finished_at is null
                and progress is not distinct from \(try old.map { try PostgresJSON($0) })
            returning id
            """
        ).isEmpty
    }

    /// Notes what came of it; what was sent is kept no longer.
    public static func finish(_ id: Int64, _ result: CoreImportCount, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            update igny8_core_imports set result = \(try PostgresJSON(result)), finished_at = igny8_now()
            where id = \(id) and finished_at is null
            """
        )
        try await tx.query("delete from igny8_core_import_parts where import_id = \(id)")
    }
}

/// What came of an import so far.
public struct CoreImportCount: Codable, Hashable, Sendable {
    /// Rows that were dealt with.
    public var rows = 0
    /// Of these, written for the first time.
    public var new = 0
    /// Of these, known before.
    public var known = 0
    /// Of these, refused whole.
    public var failed = 0
    /// The first of those that were refused.
    public var errors: [CoreRowFault] = []

    /// More would only hide the first.
    public static let mostErrors = 500

    /// Nothing yet.
    public init() {}

    /// Counts a row that was refused.
    public mutating func refuse(_ fault: CoreRowFault) {
        rows += 1
        failed += 1
        if errors.count < Self.mostErrors { errors.append(fault) }
    }
}

/// Why a row was refused.
public struct CoreRowFault: Codable, Hashable, Sendable {
    /// Counted from 1, the head of a table included.
    public var line: Int
    /// Which field; nil where it is the line as a whole.
    public var field: String?
    /// What was expected there.
    public var message: String

    /// Names a row's fault.
    public init(line: Int, field: String?, message: String) {
        self.line = line
        self.field = field
        self.message = message
    }
}
