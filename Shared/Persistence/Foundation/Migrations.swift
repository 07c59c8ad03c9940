public import Logging
public import Postgres

/// Brings a database's schema forward; never back.
///
/// 1. Each migration runs in a transaction of its own, under one advisory lock, so that two that start together do not meet.
/// 2. It runs as `igny8_owner`, who thereby owns what it makes. Only the first, which makes the roles, runs as whoever connected.
/// 3. Its checksum is recorded with it. One that was applied and now differs stops everything.
public enum Migrations {
    /// Why the schema could not be brought forward.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// The file was edited after it was applied.
        case changed(file: String)
        /// The database knows a migration that this build does not: it is newer than the program.
        case unknown(number: Int, name: String)
        /// A migration failed; nothing of it remains.
        case refused(file: String, reason: String)

        /// One sentence.
        public var description: String {
            switch self {
            case .changed(let file): "The migration \(file) was changed after it had been applied."
            case .unknown(let number, let name):
                "The database has migration \(number) (\(name)), which this program does not know: the program is too old."
            case .refused(let file, let reason): "The migration \(file) failed: \(reason)."
            }
        }
    }

    /// Applies what is missing.
    /// - Parameters:
    ///   - database: connected as the owner, or as a superuser when the roles do not exist yet.
    ///   - migrations: all there are, in order.
    /// - Returns: those that were applied now.
    @discardableResult
    public static func run(
        _ database: PostgresDatabase,
        migrations: [Migration] = Migration.all,
        logger: Logger? = nil
    ) async throws -> [Migration] {
        try await prepare(database)
        try await compare(migrations, in: database)
        var applied: [Migration] = []
        for migration in migrations {
            let isNew = try await database.transaction { tx in
                try await tx.query("select pg_advisory_xact_lock(\(lock))")
                return try await apply(migration, in: tx)
            }
            if isNew {
                applied.append(migration)
                logger?.info("migration applied", metadata: ["migration": "\(migration.file)"])
            }
        }
        return applied
    }

    /// The numbers that are applied, in order.
    public static func applied(in database: some PostgresQuerying) async throws -> [Int] {
        try await database.query("select number from igny8_migrations order by number").map { row in
            try row.decode("number")
        }
    }

    /// 'igny8mig' in ASCII, cut to 63 bits.
    private static let lock: Int64 = 0x6967_6E79_386D_6967

    private static func prepare(_ database: PostgresDatabase) async throws {
        try await database.transaction { tx in
            try await tx.query("select pg_advisory_xact_lock(\(lock))")
            let known = try await tx.query("select to_regclass('public.igny8_migrations') is not null as known")
            if try known.first?.decode("known", as: Bool.self) == true { return }
            guard let first = Migration.all.first else { return }
            try await execute(first, in: tx)
            try await tx.query("set local role igny8_owner")
            try await tx.query(
                """
                create table igny8_migrations (
                    number integer primary key,
                    name text not null,
                    checksum text not null,
                    applied_at timestamptz not null default now()
                )
                """
            )
            try await tx.query("grant select on igny8_migrations to igny8_service, igny8_readonly")
            try await record(first, in: tx)
        }
    }

    private static func apply(_ migration: Migration, in tx: PostgresTransaction) async throws -> Bool {
        let known = try await tx.query("select from igny8_migrations where number = \(migration.number)")
        guard known.isEmpty else { return false }
        try await tx.query("set local role igny8_owner")
        try await execute(migration, in: tx)
        try await record(migration, in: tx)
        return true
    }

    /// What was applied must be what this program knows.
    private static func compare(_ migrations: [Migration], in database: PostgresDatabase) async throws {
        for row in try await database.query("select number, name, checksum from igny8_migrations order by number") {
            let number: Int = try row.decode("number")
            guard let known = migrations.first(where: { $0.number == number }) else {
                throw Failure.unknown(number: number, name: try row.decode("name"))
            }
            guard try row.decode("checksum", as: String.self) == known.checksum else {
                throw Failure.changed(file: known.file)
            }
        }
    }

    private static func execute(_ migration: Migration, in tx: PostgresTransaction) async throws {
        do {
            try await tx.query("set local statement_timeout = 0")
            try await tx.script(migration.sql)
        } catch {
            throw Failure.refused(file: migration.file, reason: error.description)
        }
    }

    private static func record(_ migration: Migration, in tx: PostgresTransaction) async throws {
        try await tx.query(
            """
            insert into igny8_migrations (number, name, checksum)
            values (\(migration.number), \(migration.name), \(migration.checksum))
            """
        )
    }
}
