public import Tracing

/// The W3C trace context (`traceparent`, level 1): which trace a piece of work belongs to, and what called it.
///
/// It passes through the gateway, the row of a job, the worker and outgoing webhooks, so that one id finds all of it in
/// the logs. We export no spans; the ids are what is carried.
public struct TraceContext: Hashable, Sendable {
    /// Bytes written as lower-case hex.
    public struct Identifier: Hashable, Sendable {
        public let hex: String

        init?(hex: Substring, digits: Int) {
            guard hex.utf8.count == digits, hex.utf8.contains(where: { $0 != UInt8(ascii: "0") }),
                hex.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            else { return nil }
            self.hex = String(hex)
        }

        init(randomDigits digits: Int, using generator: inout some RandomNumberGenerator) {
            var hex = ""
            while hex.utf8.count < digits {
                let word = String(generator.next() as UInt64, radix: 16)
                hex += String(repeating: "0", count: 16 - word.utf8.count) + word
            }
            self.hex = hex.contains(where: { $0 != "0" }) ? hex : String(hex.dropLast()) + "1"
        }
    }

    /// 16 bytes: the same for all work that one cause set off.
    public let traceID: Identifier
    /// 8 bytes: this piece of it.
    public let spanID: Identifier
    /// Whether the caller records the trace.
    public let isSampled: Bool

    /// Begins a new trace.
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    init(using generator: inout some RandomNumberGenerator) {
        traceID = Identifier(randomDigits: 32, using: &generator)
        spanID = Identifier(randomDigits: 16, using: &generator)
        isSampled = false
    }

    private init(traceID: Identifier, spanID: Identifier, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// Reads a `traceparent` header; nil for anything the recommendation calls invalid, so that a new trace begins.
    ///
    /// A higher version than `00` is read by its first four fields, as the recommendation asks.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", UInt8(parts[0], radix: 16) != nil,
            parts[0] != "00" || parts.count == 4,
            let traceID = Identifier(hex: parts[1], digits: 32),
            let spanID = Identifier(hex: parts[2], digits: 16),
            parts[3].utf8.count == 2, let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: traceID, spanID: spanID, isSampled: flags & 1 == 1)
    }

    /// The header's value, version 00.
    public var traceparent: String { "00-\(traceID.hex)-\(spanID.hex)-\(isSampled ? "01" : "00")" }

    /// The next piece of work in the same trace.
    public func child() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return TraceContext(
            traceID: traceID,
            spanID: Identifier(randomDigits: 16, using: &generator),
            isSampled: isSampled
        )
    }
}

private enum TraceContextKey: ServiceContextKey {
    typealias Value = TraceContext
    static var nameOverride: String? { "traceparent" }
}

extension ServiceContext {
    /// The trace that the task at hand belongs to.
    public var traceContext: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }
}
