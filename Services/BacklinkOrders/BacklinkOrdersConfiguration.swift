import JobQueue
public import ServiceRuntime

/// What this service needs beside what every service needs.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_WORKER_CAPACITY` | jobs at the same time | 32 |
/// | `IGNY8_JOB_LEASE_SECONDS` | when a silent worker is given up | 30 |
/// | `IGNY8_JOB_HISTORY_DAYS` | days of finished jobs that are kept | 92 |
/// | `IGNY8_DEAD_JOB_DAYS` | days for which dead jobs are kept | 183 |
/// | `IGNY8_DEAD_JOBS` | dead jobs that are kept at most | 100000 |
public struct BacklinkOrdersConfiguration: Sendable {
    var worker: WorkerConfiguration

    public init(_ settings: Settings) throws(ConfigurationError) {
        // Jobs of this queue mostly wait for pages, each of which may take 20 s and 4 MiB.
        worker = WorkerConfiguration(
            capacity: try settings.integer("IGNY8_WORKER_CAPACITY", in: 1...256, default: 32),
            lease: try settings.seconds("IGNY8_JOB_LEASE_SECONDS", in: 1...600, default: .seconds(30)),
            retention: Retention(
                historyDays: try settings.integer("IGNY8_JOB_HISTORY_DAYS", in: 1...3650, default: 92),
                deadDays: try settings.integer("IGNY8_DEAD_JOB_DAYS", in: 1...3650, default: 183),
                deadJobs: try settings.integer("IGNY8_DEAD_JOBS", in: 0...10_000_000, default: 100_000)
            )
        )
    }
}
