import ArgumentParser
import Persistence

/// `igny8 migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database's schema forward.",
        discussion: """
            Applies the migrations that this program carries and the database has not, in order, under a lock: two at
            once do no harm. Safe while the version before still runs. Needs IGNY8_DATABASE_OWNER_URL.

            Example: igny8 migrate
            """
    )

    func run() async throws {
        try await Workbench.run { bench in
            try await bench.withDatabase(bench.settings.ownerDatabaseURL()) { database in
                let applied = try await Migrations.run(database, logger: bench.logger)
                for migration in applied { print("applied \(migration.file)") }
                let known = Migration.all.last.map { "\($0.number)" } ?? "none"
                print(applied.isEmpty ? "nothing to do: the schema is at \(known)" : "the schema is at \(known)")
            }
        }
    }
}
