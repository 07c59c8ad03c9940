public import Logging

/// One line per event, as JSON or as text.
///
/// JSON keys: `time`, `level`, `service`, `message`, `error`, then the metadata under its own names (`request_id`,
/// `job_id`, `account_id`, `trace_id`, …; a name that is taken gets a trailing underscore). Messages are static; what
/// varies is metadata. As a last net, metadata whose name speaks of a secret is masked here, and a password in a URL too.
public struct ServiceLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level

    private let service: String
    private let format: LogFormat
    private let output: LogOutput

    public init(
        service: String,
        level: Logger.Level = .info,
        format: LogFormat = .json,
        output: LogOutput = .standard,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.service = service
        self.logLevel = level
        self.format = format
        self.output = output
        self.metadataProvider = metadataProvider
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        // Most callers still hand an error over as metadata: it goes where the event's own error would.
        if event.error == nil, let told = all.removeValue(forKey: "error") {
            write(event, all, LogRedaction.redact("\(told)"))
        } else {
            write(event, all, event.error.map { LogRedaction.redact("\($0)") })
        }
    }

    private func write(_ event: LogEvent, _ all: Logger.Metadata, _ error: String?) {
        let fields = all.sorted { $0.key < $1.key }.map { ($0.key, LogRedaction.redact($0.value, key: $0.key)) }
        output.write(
            line: format == .json ? json(event, fields, error) : text(event, fields, error)
        )
    }

    private func json(_ event: LogEvent, _ fields: [(String, Logger.MetadataValue)], _ error: String?) -> [UInt8] {
        var line = LogLine()
        line.open()
        line.field("time", MachineTime.stamp())
        line.field("level", event.level.rawValue)
        line.field("service", service)
        line.field("message", "\(event.message)")
        if let error { line.field("error", error) }
        for (key, value) in fields {
            line.field(Self.reserved.contains(key) ? key + "_" : key, value)
        }
        return line.close()
    }

    private func text(_ event: LogEvent, _ fields: [(String, Logger.MetadataValue)], _ error: String?) -> [UInt8] {
        var line = "\(MachineTime.stamp()) \(event.level.rawValue.uppercased()) \(service): \(event.message)"
        if let error { line += " error=\(error)" }
        for (key, value) in fields { line += " \(key)=\(value)" }
        return Array((line.split(whereSeparator: \.isNewline).joined(separator: " ⏎ ") + "\n").utf8)
    }

    private static let reserved: Set<String> = ["time", "level", "service", "message", "error"]
}
