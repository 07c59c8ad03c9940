import CHiredis
import EventLoop

/// What hiredis calls, always on the loop's thread.
extension RedisConnection {
    typealias Context = UnsafeMutablePointer<redisAsyncContext>

    /// hiredis holds this actor until `cleanup`, which it calls exactly once.
    func install(in context: Context) {
        let data = Unmanaged.passRetained(self).toOpaque()
        context.pointee.data = data
        context.pointee.ev.data = data
        context.pointee.ev.addRead = { RedisConnection.from($0).change { $0.insert(.read) } }
        context.pointee.ev.delRead = { RedisConnection.from($0).change { $0.remove(.read) } }
        context.pointee.ev.addWrite = { RedisConnection.from($0).change { $0.insert(.write) } }
        context.pointee.ev.delWrite = { RedisConnection.from($0).change { $0.remove(.write) } }
        context.pointee.ev.cleanup = { data in
            RedisConnection.from(data).assumeIsolated { $0.cleanedUp() }
            Unmanaged<RedisConnection>.fromOpaque(data!).release()
        }
        redisAsyncSetConnectCallback(context) { context, status in
            let message = context?.pointee.errstr.map { String(cString: $0) } ?? ""
            RedisConnection.from(context?.pointee.data).assumeIsolated {
                $0.connected(status: status, message: message)
            }
        }
    }

    private static nonisolated func from(_ data: UnsafeMutableRawPointer?) -> RedisConnection {
        Unmanaged<RedisConnection>.fromOpaque(data!).takeUnretainedValue()
    }

    /// hiredis frees `reply` when this returns, so it is copied here. It is null when the connection was lost.
    static nonisolated func answered(
        _ context: Context?,
        _ reply: UnsafeMutableRawPointer?,
        _ pending: UnsafeMutableRawPointer?
    ) {
        guard let context, let pending else { return }
        nonisolated(unsafe) let batch = Unmanaged<Batch>.fromOpaque(pending).takeRetainedValue()
        let value: Result<RedisValue, RedisError>
        if let reply = reply?.assumingMemoryBound(to: redisReply.self) {
            value = Result { () throws(RedisError) in try RedisValue(reply.pointee) }
        } else {
            let message = context.pointee.errstr.map { String(cString: $0) } ?? ""
            value = .failure(from(context.pointee.data).assumeIsolated { $0.reasonOfLoss(message) })
        }
        from(context.pointee.data).assumeIsolated { $0.receive(value, for: batch) }
    }

    private nonisolated func change(_ edit: @Sendable (inout EventLoop.Interest) -> Void) {
        assumeIsolated { isolated in
            guard let context = isolated.context else { return }
            var interest = isolated.interest
            edit(&interest)
            guard interest != isolated.interest else { return }
            isolated.interest = interest
            isolated.loop.watch(context.pointee.c.fd, for: interest) { [weak isolated] ready in
                isolated?.assumeIsolated { $0.ready(ready) }
            }
        }
    }

    private func ready(_ interest: EventLoop.Interest) {
        if interest.contains(.read), let context { redisAsyncHandleRead(context) }
        // The read may have ended the connection: look at `context` again.
        if interest.contains(.write), let context { redisAsyncHandleWrite(context) }
    }
}
