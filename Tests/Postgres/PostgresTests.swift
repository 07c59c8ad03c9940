import Testing

/// Everything that talks to a real server.
@Suite("Postgres", .timeLimit(.minutes(2)))
struct PostgresTests {}
