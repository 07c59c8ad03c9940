import Tracing

/// Carries the trace at hand into a job's row and out again, by whatever instrument the process has.
enum TraceCarrier {
    private static let header = "traceparent"

    /// The `traceparent` of the task at hand, or nil.
    static var current: String? {
        guard let context = ServiceContext.current else { return nil }
        var headers: [String: String] = [:]
        InstrumentationSystem.instrument.inject(context, into: &headers, using: Headers())
        return headers[header]
    }

    /// Runs `body` in the trace that `traceparent` names.
    static func resume<Value: Sendable>(
        _ traceparent: String?,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        guard let traceparent else { return try await body() }
        var context = ServiceContext.current ?? .topLevel
        InstrumentationSystem.instrument.extract([header: traceparent], into: &context, using: Headers())
        return try await ServiceContext.withValue(context) { try await body() }
    }

    /// The trace id inside a `traceparent`: version, trace, span, flags.
    static func traceID(_ traceparent: String?) -> String? {
        let parts = traceparent?.split(separator: "-") ?? []
        return parts.count >= 4 ? String(parts[1]) : nil
    }

    private struct Headers: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }
}
