import Glibc
import NIOPosix

/// Name resolution off the event loop: `redisAsyncConnect` would block it, because it resolves by itself.
enum HostAddress {
    /// The first address of `host`, as text.
    static func resolve(_ host: String) async throws(RedisError) -> String {
        if isAddress(host) { return host }
        do {
            return try await NIOThreadPool.singleton.runIfActive { try lookUp(host) }
        } catch let error as RedisError {
            throw error
        } catch {
            throw .connection("cannot resolve \(host): \(error)")
        }
    }

    private static func isAddress(_ host: String) -> Bool {
        var buffer = in6_addr()
        return inet_pton(AF_INET, host, &buffer) == 1 || inet_pton(AF_INET6, host, &buffer) == 1
    }

    private static func lookUp(_ host: String) throws(RedisError) -> String {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0, let first = list?.pointee else {
            throw .connection("cannot resolve \(host): \(String(cString: gai_strerror(code)))")
        }
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(first.ai_addr, first.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
        else { throw .connection("cannot resolve \(host)") }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
