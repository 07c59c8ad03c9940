import Dispatch
import Foundation
import Glibc
import Testing

extension TestGateway {
    /// Sends bytes that no HTTP client would, and gives all that comes back until the gateway closes.
    func speak(_ text: String) async throws -> String {
        let port = try #require(URLComponents(string: url)?.port)
        let answer = await withCheckedContinuation { continuation in
            // Sockets that block stay off the cooperative pool.
            DispatchQueue.global().async { continuation.resume(returning: Self.exchange(text, port: port)) }
        }
        return try #require(answer)
    }

    private static func exchange(_ text: String, port: Int) -> String? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = in_port_t(port).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) == 0 }
        }
        guard isConnected else { return nil }
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return nil }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var count = read(descriptor, &buffer, buffer.count)
        while count > 0 {
            received += buffer.prefix(count)
            count = read(descriptor, &buffer, buffer.count)
        }
        return String(decoding: received, as: UTF8.self)
    }
}
