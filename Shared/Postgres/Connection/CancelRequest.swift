import CLibPQ
import NIOPosix

/// A `PGcancel`: what it takes to ask the server to cancel the connection's statement. libpq documents it as usable
/// from any thread; it is freed when the last reference goes.
final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let handle = PQgetCancel(connection) else { return nil }
        self.handle = handle
    }

    deinit { PQfreeCancel(handle) }

    /// Sends it on a thread, since PQcancel connects and waits. A failure leaves the statement to its time limit.
    func send() async {
        _ = try? await NIOThreadPool.singleton.runIfActive {
            var message = [CChar](repeating: 0, count: 256)
            return PQcancel(self.handle, &message, Int32(message.count))
        }
    }
}
