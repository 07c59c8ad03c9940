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
/// | `IGNY8_SUMMARY_MODEL` and what belongs to it | who writes first pages, see `LanguageModelConfiguration` | none |
/// | `IGNY8_KEY_ENCRYPTION_KEY` | base64, 32 bytes: opens what is sealed (secret) | required |
/// | `IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS` | the one before, while a rotation is under way (secret) | none |
/// | `IGNY8_WORKER_CAPACITY` | jobs at the same time | 16 |
/// | `IGNY8_JOB_LEASE_SECONDS` | when a silent worker is given up | 30 |
/// | `IGNY8_JOB_HISTORY_DAYS` | days of finished jobs that are kept | 92 |
/// | `IGNY8_DEAD_JOB_DAYS` | days for which dead jobs are kept | 183 |
/// | `IGNY8_DEAD_JOBS` | dead jobs that are kept at most | 100000 |
public struct ReportingConfiguration: Sendable {
    var files: FileStoreConfiguration
    var renderer: RendererPool.Configuration
    var house: House
    var secrets: SecretBox
    var model: LanguageModelConfiguration?
    var worker: WorkerConfiguration

    public init(_ settings: Settings) throws(ConfigurationError) {
        files = try FileStoreConfiguration(settings)
        renderer = RendererPool.Configuration(
            python: try settings.text("IGNY8_RENDERER_PYTHON"),
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
        let bytes = try settings.key("IGNY8_KEY_ENCRYPTION_KEY", bytes: 32...32)
        guard let current = KeyEncryptionKey(bytes: bytes) else {
            throw .missing("IGNY8_KEY_ENCRYPTION_KEY", expected: "32 bytes in base64")
        }
        secrets = SecretBox(
            current: current,
            previous: try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS", bytes: 32...32)
                .flatMap { KeyEncryptionKey(bytes: $0) }
        )
        model = try LanguageModelConfiguration(settings)
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
