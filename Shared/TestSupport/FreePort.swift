import Glibc
import NIOConcurrencyHelpers

/// Loopback ports for servers that tests start.
public enum FreePort {
    private static let given = NIOLockedValueBox<Set<Int>>([])

    /// A port nobody listens on at this moment, given to nobody else in this process. It lies below the kernel's
    /// ephemeral range (32768 and up), so that no outgoing connection takes it between two starts of a server.
    public static func find() throws -> Int {
        for _ in 0..<1_000 {
            let port = Int.random(in: 20_000..<32_000)
            if given.withLockedValue({ $0.insert(port).inserted }), isFree(port) { return port }
        }
        throw TestSetupError("no free port on 127.0.0.1")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = open()
        defer { close(descriptor) }
        return bind(descriptor, port)
    }

    /// Whether something accepts connections on `port` now.
    public static func accepts(_ port: Int) -> Bool {
        guard let descriptor = connect(to: port) else { return false }
        close(descriptor)
        return true
    }

    static func open() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0) }

    static func bind(_ descriptor: Int32, _ port: Int) -> Bool {
        withLoopback(port) { Glibc.bind(descriptor, $0, $1) == 0 }
    }

    /// A socket that is connected to `port`, or nil.
    static func connect(to port: Int) -> Int32? {
        let descriptor = open()
        if withLoopback(port, { Glibc.connect(descriptor, $0, $1) == 0 }) { return descriptor }
        close(descriptor)
        return nil
    }

    private static func withLoopback(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
