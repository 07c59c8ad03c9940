public import Tracing

/// Carries ``TraceContext`` in and out of headers through swift-distributed-tracing, so that libraries that know only
/// `InstrumentationSystem.instrument` (the job queue) pass it on.
public struct TraceContextInstrument: Instrument {
    private static let header = "traceparent"

    public init() {}

    /// Takes the trace of the carrier, as a child of it; leaves the context alone when there is none.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let value = extractor.extract(key: Self.header, from: carrier),
            let trace = TraceContext(traceparent: value)
        else { return }
        context.traceContext = trace.child()
    }

    /// Writes the trace at hand into the carrier.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.traceContext else { return }
        injector.inject(trace.traceparent, forKey: Self.header, into: &carrier)
    }
}
