import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Migrations") struct MigrationTests {
    @Test("no file of the folder is missing in the list, and none is listed that is not there")
    func everyFileIsListed() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Shared/Persistence/Migrations").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == Migration.all.map(\.file))
        for migration in Migration.all {
            let content = try String(contentsOf: folder.appending(path: migration.file), encoding: .utf8)
            #expect(content == migration.sql, "\(migration.file) differs from what is embedded under its name")
        }
    }

    @Test("migrating twice applies everything once")
    func twice() async throws {
        try await TestDatabase.withDatabase { test in
            let first = try await Migrations.run(test.owner)
            #expect(first.map(\.number) == Migration.all.dropFirst().map(\.number))
            #expect(try await Migrations.run(test.owner).isEmpty)
            #expect(try await Migrations.applied(in: test.service) == Migration.all.map(\.number))
        }
    }

    @Test("two that migrate at the same moment do not meet")
    func atTheSameMoment() async throws {
        try await TestDatabase.withDatabase { test in
            async let one = Migrations.run(test.owner)
            async let other = Migrations.run(test.owner)
            let applied = try await one.map(\.number) + other.map(\.number)
            #expect(applied.sorted() == Migration.all.dropFirst().map(\.number))
        }
    }

    @Test("a migration that was changed after it was applied stops everything")
    func changed() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            var migrations = Migration.all
            migrations[3] = Migration(4, "helpers", Array("select 1".utf8))
            _ = await #expect(throws: Migrations.Failure.changed(file: "0004_helpers.sql")) {
                try await Migrations.run(test.owner, migrations: migrations)
            }
        }
    }

    @Test("a database that is newer than the program stops the program")
    func newer() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let newest = try #require(Migration.all.last)
            _ = await #expect(throws: Migrations.Failure.unknown(number: newest.number, name: newest.name)) {
                try await Migrations.run(test.owner, migrations: Migration.all.dropLast())
            }
        }
    }

    @Test("of a migration that fails nothing remains")
    func failing() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let broken = Migration(9_999, "broken", Array("create table igny8_half (); select 1/0".utf8))
            _ = await #expect(throws: Migrations.Failure.self) {
                try await Migrations.run(test.owner, migrations: Migration.all + [broken])
            }
            let half = try await test.owner.query("select to_regclass('igny8_half') is null as gone").first
            #expect(try half?.decode("gone") == true)
        }
    }
}
