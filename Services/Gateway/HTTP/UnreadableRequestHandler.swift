import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Gives the server's bare 400 for bytes that are no HTTP request the shape of every other error: a problem document.
///
/// Such bytes never become a request, so no middleware sees them. The decoder fires its error through the channel, and
/// the server answers it with an empty 400 and closes; this handler stands between the two.
final class UnreadableRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What the server reads at most: a whole head, one field of it, and how many fields.
    struct Limits: Sendable {
        let head = 16 * 1024
        let field = 8 * 1024
        let fields = 100
    }

    static let limits = Limits()

    private var failure: HTTPParserError?

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error as? HTTPParserError
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let failure, case .head(let head) = unwrapOutboundIn(data), head.status == .badRequest else {
            return context.write(data, promise: promise)
        }
        self.failure = nil
        let problem = Self.problem(failure)
        let requestID = RequestID().description
        let document = problem.document(requestID: requestID)
        var headers = problem.documentHeaders
        headers[.contentLength] = String(document.count)
        headers[.connection] = "close"
        headers[.requestID] = requestID
        SecurityHeadersMiddleware.add(to: &headers)
        context.write(wrapOutboundOut(.head(HTTPResponse(status: .badRequest, headerFields: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: document))), promise: promise)
    }

    private static func problem(_ failure: HTTPParserError) -> Problem {
        guard failure == .headerOverflow else {
            return .malformed("These bytes are no HTTP/1.1 request: \(failure.debugDescription).")
        }
        return .malformed(
            """
            The address and the header fields may have \(limits.head) bytes in all, \(limits.field) each, and there \
            may be \(limits.fields) of them.
            """
        )
    }
}
