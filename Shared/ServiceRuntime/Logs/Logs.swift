public import Logging
import Tracing

/// Turns the logging system of the process on, once.
public enum Logs {
    /// - Parameters:
    ///   - service: written into each line as `service`.
    ///   - output: standard output unless a test says otherwise.
    public static func bootstrap(
        service: String,
        level: Logger.Level,
        format: LogFormat,
        output: LogOutput = .standard
    ) {
        LoggingSystem.bootstrap(
            { _, provider in
                ServiceLogHandler(
                    service: service,
                    level: level,
                    format: format,
                    output: output,
                    metadataProvider: provider
                )
            },
            metadataProvider: traceMetadata
        )
    }

    /// Adds `trace_id` and `span_id` of the task at hand to every line.
    public static let traceMetadata = Logger.MetadataProvider {
        guard let trace = ServiceContext.current?.traceContext else { return [:] }
        return ["trace_id": .string(trace.traceID.hex), "span_id": .string(trace.spanID.hex)]
    }
}
