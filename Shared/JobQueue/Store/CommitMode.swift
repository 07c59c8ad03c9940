/// When PostgreSQL answers a commit.
public enum CommitMode: Hashable, Sendable {
    /// When it is on disk.
    case durable
    /// At once; on disk within three times `wal_writer_delay` (0.6 s). A crash of the server in between undoes it, and
    /// nothing else with it.
    case asynchronous
}
