import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The SMTP sink's socket: a task for each connection, which does what its session says.
struct SMTPServer: Service, CustomStringConvertible {
    let host: String
    let port: Int
    let postOffice: PostOffice
    let faults: FaultBook
    let logger: Logger
    /// Told the port once it listens: for tests that let the system choose one.
    var onListening: @Sendable (Int) -> Void = { _ in }

    var description: String { "SMTP sink" }

    func run() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(SMTPLineDecoder()))
                    return try NIOAsyncChannel<[UInt8], ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        onListening(listener.channel.localAddress?.port ?? port)
        await cancelWhenGracefulShutdown {
            do {
                try await accept(from: listener)
            } catch {
                logger.debug("SMTP sink closed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func accept(
        from listener: NIOAsyncChannel<NIOAsyncChannel<[UInt8], ByteBuffer>, Never>
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask {
                        do {
                            try await SMTPConversation(postOffice: postOffice, faults: faults).hold(on: connection)
                        } catch {
                            logger.debug("SMTP connection lost", metadata: ["error": "\(error)"])
                        }
                    }
                }
            }
            group.cancelAll()
        }
    }
}

/// Lines as they come, without CRLF.
struct SMTPLineDecoder: ByteToMessageDecoder {
    typealias InboundOut = [UInt8]

    /// RFC 5321 asks for 1,000; some senders write long lines of HTML.
    private static let longestLine = 1 << 20

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let length = buffer.readableBytesView.firstIndex(of: 10).map({ $0 - buffer.readerIndex }) else {
            if buffer.readableBytes > Self.longestLine { throw SMTPLineTooLong() }
            return .needMoreData
        }
        var line = buffer.readBytes(length: length + 1) ?? []
        line.removeLast()
        if line.last == 13 { line.removeLast() }
        context.fireChannelRead(wrapInboundOut(line))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        while try decode(context: context, buffer: &buffer) == .continue {}
        return .needMoreData
    }
}

struct SMTPLineTooLong: Error {}
