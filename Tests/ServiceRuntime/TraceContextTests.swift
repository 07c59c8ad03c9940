import ServiceRuntime
import Testing
import Tracing

@Suite("Trace context") struct TraceContextTests {
    private static let example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private struct Headers: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    @Test("the example of the recommendation is read and written back")
    func roundTrip() throws {
        let trace = try #require(TraceContext(traceparent: Self.example))
        #expect(trace.traceID.hex == "0af7651916cd43dd8448eb211c80319c")
        #expect(trace.spanID.hex == "b7ad6b7169203331")
        #expect(trace.isSampled)
        #expect(trace.traceparent == Self.example)
    }

    @Test(
        "what the recommendation calls invalid begins a new trace",
        arguments: [
            "", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-zz",
        ]
    )
    func invalid(header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test("a version to come is read by the fields we know")
    func futureVersion() {
        #expect(TraceContext(traceparent: "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more") != nil)
    }

    @Test("a child keeps the trace and has an id of its own")
    func child() {
        let parent = TraceContext()
        let child = parent.child()
        #expect(child.traceID == parent.traceID)
        #expect(child.spanID != parent.spanID)
        #expect(TraceContext(traceparent: child.traceparent) == child)
    }

    @Test("the instrument carries a trace through headers")
    func instrument() throws {
        let instrument = TraceContextInstrument()
        var context = ServiceContext.topLevel
        instrument.extract(["traceparent": Self.example], into: &context, using: Headers())
        var headers: [String: String] = [:]
        instrument.inject(context, into: &headers, using: Headers())
        let sent = try #require(headers["traceparent"].flatMap(TraceContext.init(traceparent:)))
        #expect(sent.traceID.hex == "0af7651916cd43dd8448eb211c80319c")
        #expect(sent.spanID.hex != "b7ad6b7169203331")
    }
}
