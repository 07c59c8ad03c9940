import Postgres

/// The sandbox's own tables, made at its start by numbered SQL, each file once.
enum SandboxSchema {
    static let files: [(name: String, bytes: [UInt8])] = [
        ("0001_stripe", PackageResources._001_stripe_sql),
        ("0002_faults", PackageResources._002_faults_sql),
        ("0003_mail", PackageResources._003_mail_sql),
        ("0004_wordpress", PackageResources._004_wordpress_sql),
        ("0005_world", PackageResources._005_world_sql),
        ("0006_paypal", PackageResources._006_paypal_sql),
        ("0020_ahrefs", PackageResources._020_ahrefs_sql),
        ("0030_indexing", PackageResources._030_indexing_sql),
        ("0030_placements", PackageResources._030_placements_sql),
        ("0040_search", PackageResources._040_search_sql),
        ("0041_core_growth", PackageResources._041_core_growth_sql),
        ("0042_google_consent", PackageResources._042_google_consent_sql),
    ]

    /// Two sandboxes started at once wait for each other here.
    private static let lock: Int64 = 0x5A4D_B0C5

    static func prepare(_ database: PostgresDatabase) async throws {
        if try await applied(in: database) == files.count { return }
        let script =
            "select pg_advisory_xact_lock(\(lock));\n"
            + "create schema if not exists sandbox;\n"
            + "create table if not exists sandbox.schema_files (name text primary key);\n"
            + files.map(statement).joined()
        try await database.script("begin;\n\(script)commit;")
    }

    private static func applied(in database: PostgresDatabase) async throws -> Int {
        let rows = try await database.query("select to_regclass('sandbox.schema_files') is not null as made")
        guard let row = rows.first, try row.decode("made") else { return 0 }
        let counted = try await database.query("select count(*) as files from sandbox.schema_files")
        return try counted.first.map { try $0.decode("files", as: Int.self) } ?? 0
    }

    private static func statement(_ file: (name: String, bytes: [UInt8])) -> String {
        """
        do $sandbox$ begin
        if not exists (select from sandbox.schema_files where name = '\(file.name)') then
            execute $file$\(String(decoding: file.bytes, as: UTF8.self))$file$;
            insert into sandbox.schema_files values ('\(file.name)');
        end if;
        end $sandbox$;

        """
    }
}
