import NIOCore
import NIOPosix
import TestSupport

/// A TCP server on loopback that does with each connection what a test wants: the ill-mannered peer.
struct RawServer {
    typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>
    typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    let port: Int
    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` while each connection runs `serve`; a connection is closed when that returns.
    @discardableResult
    static func run<R: Sendable>(
        _ serve: @escaping @Sendable (inout Inbound.AsyncIterator, Outbound) async throws -> Void,
        _ body: (RawServer) async throws -> R
    ) async throws -> R {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        guard let port = listener.channel.localAddress?.port else { throw TestSetupError("no port") }
        let serving = Task {
            try await withThrowingDiscardingTaskGroup { group in
                try await listener.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask {
                            try? await connection.executeThenClose { inbound, outbound in
                                var iterator = inbound.makeAsyncIterator()
                                try await serve(&iterator, outbound)
                            }
                        }
                    }
                }
            }
        }
        let result: Result<R, any Error>
        do { result = .success(try await body(RawServer(port: port))) } catch { result = .failure(error) }
        serving.cancel()
        _ = await serving.result
        return try result.get()
    }

    /// Reads an HTTP request's head; nil at the end of the connection.
    static func readHead(_ inbound: inout Inbound.AsyncIterator) async throws -> String? {
        var text = ""
        while let buffer = try await inbound.next(isolation: #isolation) {
            text += String(buffer: buffer)
            if text.contains("\r\n\r\n") { return text }
        }
        return nil
    }
}

extension NIOAsyncChannelOutboundWriter<ByteBuffer> {
    func write(_ text: String) async throws { try await write(ByteBuffer(string: text)) }
}
