public import DomainModel
public import Postgres

/// `igny8_publisher_imports`: exports of marketplaces until they are read. They belong to no account.
public enum PublisherImports {
    /// What an import is.
    public struct Import: Sendable {
        /// The row's id.
        public let id: Int64
        /// Whose export it is.
        public let marketplace: Marketplace
        /// `csv` or `json`.
        public let format: String
        /// Whether it was read to its end already.
        public let isFinished: Bool
        /// What ``PublisherImports/advance(_:from:to:in:)`` kept last; nil before the first lines.
        public let progress: PostgresJSON?
    }

    /// A piece of at most so many bytes is a row.
    private static let part = 1 << 20

    /// Keeps an export.
    /// - Returns: its id.
    public static func store(
        _ content: [UInt8],
        format: String,
        of marketplace: Marketplace,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Int64 {
        let id: Int64 = try await tx.query(
            """
            insert into igny8_publisher_imports (marketplace, format, bytes, created_by)
            values (\(marketplace.rawValue), \(format), \(content.count), \(createdBy?.rawValue)) returning id
            """
        ).only().decode("id")
        for (position, start) in stride(from: 0, to: content.count, by: part).enumerated() {
            let piece = Array(content[start..<min(start + part, content.count)])
            try await tx.query(
                """
                insert into igny8_publisher_import_parts (import_id, position, content)
                values (\(id), \(position), \(piece))
                """
            )
        }
        return id
    }

    /// An import.
    public static func find(_ id: Int64, in queries: some PostgresQuerying) async throws -> Import? {
        try await queries.query(
            """
            select id, marketplace, format, finished_at is not null as finished, progress from igny8_publisher_imports
            where id = \(id)
            """
        ).first.map { row in
            Import(
                id: try row.decode("id"),
                marketplace: try row.word("marketplace"),
                format: try row.decode("format"),
                isFinished: try row.decode("finished"),
                progress: try row.decode("progress")
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
            "select content from igny8_publisher_import_parts where import_id = \(id) and position = \(position)"
        ).first.map { row in try row.decode("content") }
    }

    /// Keeps how far it is, with the lines that were just written.
    /// - Parameter old: how far whoever says so believed it to be.
    /// - Returns: false when somebody else is further already; nothing is kept then.
    public static func advance<Progress: Encodable>(
        _ id: Int64,
        from old: Progress?,
        to new: Progress,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        let rows = try await tx.query(
            """
            update igny8_publisher_imports set progress = \(try PostgresJSON(new))
            where id = \(id) and progress is not distinct from \(try old.map { try PostgresJSON($0) }) returning id
            """
        )
        return !rows.isEmpty
    }

    /// Notes what came of it; the export itself is kept no longer.
    public static func finish(_ id: Int64, _ result: some Encodable, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            update igny8_publisher_imports set result = \(try PostgresJSON(result)), finished_at = igny8_now()
            where id = \(id) and finished_at is null
            """
        )
        try await tx.query("delete from igny8_publisher_import_parts where import_id = \(id)")
    }

    /// The catalogue's niches.
    public static func niches(in queries: some PostgresQuerying) async throws -> Set<String> {
        Set(try await queries.query("select key from igny8_niches").map { row in try row.decode("key") })
    }
}
