import ArgumentParser

/// Our side of `deploy/bench queue`: the real library in real processes, each subcommand one of them.
@main
struct BenchQueue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "igny8-bench-queue",
        abstract: "Our side of deploy/bench queue.",
        discussion: """
            IGNY8_DATABASE_URL and IGNY8_REDIS_URL say where; `migrate` takes IGNY8_DATABASE_OWNER_URL.
            Example: igny8-bench-queue fill --jobs 50000 && igny8-bench-queue work --tally /tmp/tally
            """,
        subcommands: [Migrate.self, Work.self, Fill.self, Arrive.self, Ceiling.self]
    )
}
