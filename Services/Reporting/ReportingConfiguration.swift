import DomainModel
import FileStore
import Foundation
import JobQueue
import Persistence
public import ServiceRuntime

/// What this service needs beside what every service needs.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_FILES` and what belongs to it | where PDFs and logos are kept, see `FileStoreConfiguration` | required |
/// | `IGNY8_RENDERER_PYTHON` | the Python that the renderer's requirements are installed in | required |
/// | `IGNY8_RENDERER` | the folder `Services/Reporting/Renderer` | required |
/// | `IGNY8_RENDERERS` | how many warm renderers there are | one a core |
/// | `IGNY8_PUBLIC_URL` | where clients log in and reports are verified | required |
/// | `IGNY8_MAIL_FROM` | the From header: an address, or `Name <address>` | required |
/// | `IGNY8_WHITE_LABEL_MAIL_FROM` | an address at a domain that names nobody: the sender of white-labelled mails | required |
/// | `IGNY8_GOOGLE_…`, `IGNY8_SEARCH_CONSOLE_URL`, `IGNY8_KEY_ENCRYPTION_KEY` | see ``DataConfiguration`` | |
/// | `IGNY8_SUMMARY_…` | a language model for the first page, see `LanguageModelConfiguration` | none |
/// | `IGNY8_WORKER_CAPACITY` | jobs at the same time | 16 |
/// | `IGNY8_JOB_LEASE_SECONDS` | when a silent worker is given up | 30 |
/// | `IGNY8_JOB_HISTORY_DAYS` | days of finished jobs that are kept | 92 |
/// | `IGNY8_DEAD_JOB_DAYS` | days for which dead jobs are kept | 183 |
/// | `IGNY8_DEAD_JOBS` | dead jobs that are kept at most | 100000 |
public struct ReportingConfiguration: Sendable {
    var files: FileStoreConfiguration
    var renderer: RendererPool.Configuration
    var house: House
    var data: DataConfiguration
    var summary: LanguageModelConfiguration?
    var worker: WorkerConfiguration

    public init(_ settings: Settings) throws(ConfigurationError) {
        files = try FileStoreConfiguration(settings)
        renderer = RendererPool.Configuration(
            python: try settings.value("IGNY8_RENDERER_PYTHON", expected: "the path of a Python that can be run") {
                FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil
            },
            program: try settings.text("IGNY8_RENDERER"),
            count: try settings.integer(
                "IGNY8_RENDERERS",
                in: 1...64,
                default: max(1, ProcessInfo.processInfo.activeProcessorCount)
            )
        )
        let portal = try settings.url("IGNY8_PUBLIC_URL", schemes: ["https", "http"])
        house = House(
            portal: portal.hasSuffix("/") ? String(portal.dropLast()) : portal,
            sender: try settings.value("IGNY8_MAIL_FROM", expected: "an address, or a name and <address>") {
                MailSender($0)
            },
            neutralSender: try settings.value("IGNY8_WHITE_LABEL_MAIL_FROM", expected: "an address") {
                EmailAddress($0)
            }
        )
        data = try DataConfiguration(settings)
        summary = try LanguageModelConfiguration(settings)
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
