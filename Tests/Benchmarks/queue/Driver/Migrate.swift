import ArgumentParser
import Persistence
import Postgres

/// Brings the database of the run forward.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Applies the migrations, as the owner.")

    func run() async throws {
        let database = try Place.database("IGNY8_DATABASE_OWNER_URL")
        try await Migrations.run(database)
        await database.close()
    }
}
