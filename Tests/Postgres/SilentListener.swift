import Dispatch
import Glibc
import Testing

/// A port that takes connections and never says a word.
final class SilentListener: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        try #require(isBound)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// Waits for the next client; gives its socket.
    func accept() async throws -> Int32 {
        let descriptor = descriptor
        let client = await offPool { Glibc.accept(descriptor, nil, nil) }
        try #require(client >= 0)
        return client
    }

    /// Whether the client ends the connection within five seconds. What it says before does not count.
    func isClosedByPeer(_ client: Int32) async -> Bool {
        await offPool {
            var limit = timeval(tv_sec: 5, tv_usec: 0)
            setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var buffer = [UInt8](repeating: 0, count: 256)
            var count = read(client, &buffer, buffer.count)
            while count > 0 { count = read(client, &buffer, buffer.count) }
            let isEnd = count == 0 || errno == ECONNRESET
            close(client)
            return isEnd
        }
    }

    /// Runs what blocks on a thread that may be blocked.
    private func offPool<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}
