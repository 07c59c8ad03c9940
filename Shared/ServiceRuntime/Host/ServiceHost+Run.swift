import CoreMetrics
import Glibc
import Logging
public import ServiceLifecycle
import Tracing

extension ServiceHost {
    /// The whole life of a service's process. Exit codes: 0 after a graceful end, 78 for a wrong configuration (one
    /// sentence on standard error), 1 for anything else (the error is in the log).
    ///
    /// - Parameters:
    ///   - configuration: reads the service's own settings; runs before anything is opened.
    ///   - build: makes the services of this process, in the order of their dependence.
    public static func run<Own>(
        name: String,
        settings: Settings = .process,
        configuration: (Settings) throws -> Own,
        build: (ServiceHost, Own) async throws -> [any Service]
    ) async -> Never {
        // A peer that closes while we write is an error code, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            let runtime = try RuntimeConfiguration(settings)
            let own = try configuration(settings)
            Logs.bootstrap(service: name, level: runtime.logLevel, format: runtime.logFormat)
            let registry = PrometheusRegistry()
            MetricsSystem.bootstrap(registry)
            InstrumentationSystem.bootstrap(TraceContextInstrument())
            let logger = Logger(label: name)
            let host = try ServiceHost(name: name, configuration: runtime, registry: registry, logger: logger)
            logger.info("Starting", metadata: ["configuration": settings.metadata])
            do {
                try await host.serve(try await build(host, own))
                logger.info("Stopped")
                exit(0)
            } catch let error as ConfigurationError {
                throw error
            } catch {
                logger.critical("Stopped by an error", error: error)
                exit(1)
            }
        } catch let error as ConfigurationError {
            complain(name, "\(error)")
            exit(ConfigurationError.exitCode)
        } catch {
            complain(name, "\(error)")
            exit(1)
        }
    }

    private static func complain(_ name: String, _ sentence: String) {
        LogOutput.standardError.write("\(name): \(sentence)\n")
    }
}

extension Settings {
    /// For the line that a service logs at its start.
    var metadata: Logger.MetadataValue {
        .dictionary(Dictionary(uniqueKeysWithValues: described.map { ($0.variable, .string($0.value)) }))
    }
}
