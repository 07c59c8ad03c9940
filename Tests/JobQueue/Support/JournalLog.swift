import Logging

/// A log that a test reads: each line of at least `warning` is written into a journal.
struct JournalLog: LogHandler {
    let journal: Journal
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .warning

    static func logger(_ journal: Journal) -> Logger {
        Logger(label: "tests.jobs") { _ in JournalLog(journal: journal) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { journal.write("\(event.message)") }
}
