import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers

/// A small HTTP server on loopback that keeps every request and answers as it is told.
public final class RecordingServer: Sendable {
    /// A request as it came.
    public struct Recorded: Sendable {
        /// Such as `POST`.
        public var method: String
        /// With the query, as it was sent.
        public var path: String
        /// In their order; names in lower case.
        public var headers: [(name: String, value: String)]
        /// All of it.
        public var body: [UInt8]

        /// The first header of this name; lower case.
        public func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What to answer.
    public struct Answer: Sendable {
        /// Such as 200.
        public var status: Int
        /// Added to the server's own.
        public var headers: [(name: String, value: String)]
        /// Sent whole.
        public var body: [UInt8]

        /// An answer of bytes.
        public init(_ status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// An answer of text.
        public init(_ status: Int = 200, headers: [(name: String, value: String)] = [], text: String) {
            self.init(status, headers: headers, body: Array(text.utf8))
        }
    }

    /// Decides the answer; may wait as long as it likes.
    public typealias Handler = @Sendable (Recorded) async throws -> Answer

    /// `http://127.0.0.1:port`, without a slash.
    public let url: String
    /// The port it listens on.
    public let port: Int

    private let log: NIOLockedValueBox<[Recorded]>

    /// All requests so far, in the order they were read.
    public var requests: [Recorded] { log.withLockedValue { $0 } }

    private init(host: String, port: Int, log: NIOLockedValueBox<[Recorded]>) {
        self.url = "http://\(host):\(port)"
        self.port = port
        self.log = log
    }

    /// Runs `body` with a server that answers by `handler`, and ends it.
    @discardableResult
    public static func run<R: Sendable>(
        host: String = "127.0.0.1",
        answering handler: @escaping Handler = { _ in Answer() },
        _ body: (RecordingServer) async throws -> R
    ) async throws -> R {
        let log = NIOLockedValueBox<[Recorded]>([])
        let (ports, portsContinuation) = AsyncStream<Int>.makeStream()
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                try await respond(to: request, handler: handler, log: log)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: 0)),
            onServerRunning: { channel in portsContinuation.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "test.server", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let running = Task { try await application.run() }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next(), port > 0 else { throw TestSetupError("no port for a test server") }
        let result: Result<R, any Error>
        do {
            result = .success(try await body(RecordingServer(host: host, port: port, log: log)))
        } catch { result = .failure(error) }
        running.cancel()
        _ = await running.result
        return try result.get()
    }

    private static func respond(
        to request: Request,
        handler: Handler,
        log: NIOLockedValueBox<[Recorded]>
    ) async throws -> Response {
        let buffer = try await request.body.collect(upTo: 64 << 20)
        let recorded = Recorded(
            method: request.method.rawValue,
            path: request.uri.string,
            headers: [(name: "host", value: request.head.authority ?? "")]
                + request.headers.map { (name: $0.name.canonicalName, value: $0.value) },
            body: Array(buffer.readableBytesView)
        )
        log.withLockedValue { $0.append(recorded) }
        let answer = try await handler(recorded)
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return Response(
            status: .init(code: answer.status),
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        )
    }
}
