import JobQueue
import Persistence
public import ServiceRuntime

/// What this service needs beside what every service needs.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_SPEEDYINDEX_URL` | where SpeedyIndex' API is, without `/v2` | `https://api.speedyindex.com` |
/// | `IGNY8_OMEGA_URL` | where Omega Indexer's is, without `/api` | `https://app.omegaindexer.com` |
/// | `IGNY8_LINKCENTAUR_URL` | where LinkCentaur's is, without `/api` | `https://www.linkcentaur.com` |
/// | `IGNY8_INDEXNOW_URL` | the engine that is told, without `/indexnow` | `https://api.indexnow.org` |
/// | `IGNY8_INDEXING_HOLDOUT_PERCENT` | pages that are left alone at first, of a hundred | 5 |
/// | `IGNY8_KEY_ENCRYPTION_KEY` | base64, 32 bytes: opens the services' keys (secret) | required |
/// | `IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS` | the one before, while a rotation is under way (secret) | none |
/// | `IGNY8_WORKER_CAPACITY` | jobs at the same time | 16 |
/// | `IGNY8_JOB_LEASE_SECONDS` | when a silent worker is given up | 30 |
/// | `IGNY8_JOB_HISTORY_DAYS` | days of finished jobs that are kept | 92 |
/// | `IGNY8_DEAD_JOB_DAYS` | days for which dead jobs are kept | 183 |
/// | `IGNY8_DEAD_JOBS` | dead jobs that are kept at most | 100000 |
public struct IndexingConfiguration: Sendable {
    /// Each without a slash at the end.
    struct Places: Sendable {
        var speedyIndex: String
        var omega: String
        var linkCentaur: String
        var indexNow: String
    }

    var places: Places
    var holdoutPercent: Int
    var secrets: SecretBox
    var worker: WorkerConfiguration

    public init(_ settings: Settings) throws(ConfigurationError) {
        func place(_ name: String, _ standard: String) throws(ConfigurationError) -> String {
            let url = try settings.url(name, schemes: ["https", "http"], default: standard)
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        places = Places(
            speedyIndex: try place("IGNY8_SPEEDYINDEX_URL", "https://api.speedyindex.com"),
            omega: try place("IGNY8_OMEGA_URL", "https://app.omegaindexer.com"),
            linkCentaur: try place("IGNY8_LINKCENTAUR_URL", "https://www.linkcentaur.com"),
            indexNow: try place("IGNY8_INDEXNOW_URL", "https://api.indexnow.org")
        )
        holdoutPercent = try settings.integer("IGNY8_INDEXING_HOLDOUT_PERCENT", in: 0...50, default: 5)
        let bytes = try settings.key("IGNY8_KEY_ENCRYPTION_KEY", bytes: 32...32)
        guard let current = KeyEncryptionKey(bytes: bytes) else {
            throw .missing("IGNY8_KEY_ENCRYPTION_KEY", expected: "32 bytes in base64")
        }
        secrets = SecretBox(
            current: current,
            previous: try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS", bytes: 32...32)
                .flatMap { KeyEncryptionKey(bytes: $0) }
        )
        worker = WorkerConfiguration(
            capacity: try settings.integer("IGNY8_WORKER_CAPACITY", in: 1...256, default: 16),
            lease: try settings.seconds("IGNY8_JOB_LEASE_SECONDS", in: 1...600, default: .seconds(30)),
            retention: Retention(
                historyDays: try settings.integer("IGNY8_JOB_HISTORY_DAYS", in: 1...3650, default: 92),
                deadDays: try settings.integer("IGNY8_DEAD_JOB_DAYS", in: 1...3650, default: 183),
                deadJobs: try settings.integer("IGNY8_DEAD_JOBS", in: 0...10_000_000, default: 100_000)
            )
        )
    }
}
