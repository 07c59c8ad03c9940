import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// An HTTP/1 connection whose requests are served on the thread of its own event loop, from the first byte read to the
/// last one written: between the two a request changes threads only to PostgreSQL's loop and back.
///
/// Nothing that blocks may therefore run in a route. What computes long (a password's hash) has a thread of its own.
struct ConnectionOnItsLoop: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let connection: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        connection.setup(channel: channel, logger: logger)
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(loop: value.channel.eventLoop)) {
            await connection.handle(value: value, logger: logger)
        }
    }
}

/// Runs a task's jobs on one of NIO's loops.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1, each connection served on its own loop.
    static func http1OnLoops(_ configuration: HTTP1Channel.Configuration) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            ConnectionOnItsLoop(connection: HTTP1Channel(responder: responder, configuration: configuration))
        }
    }
}
