import Glibc
import NIOConcurrencyHelpers
import NIOPosix

/// How a guarded request's name becomes addresses: once per hop, off the event loop.
struct HostResolver: Sendable {
    /// All addresses of a name or of an address in any of the forms that C libraries read; empty when there are none.
    let addresses: @Sendable (_ host: String) async -> [IPAddress]

    static let system = HostResolver { host in
        await withCheckedContinuation { continuation in
            threads.submit { _ in continuation.resume(returning: lookUp(host)) }
        }
    }

    /// The addresses, or `timeout`; a name server that does not answer holds its thread, not the caller.
    func addresses(of host: String, within limit: Duration) async throws(WebError) -> [IPAddress] {
        let answer: [IPAddress]? = await withCheckedContinuation { continuation in
            let waiting = NIOLockedValueBox<CheckedContinuation<[IPAddress]?, Never>?>(continuation)
            let finish: @Sendable ([IPAddress]?) -> Void = { addresses in
                waiting.withLockedValue { waiting in
                    defer { waiting = nil }
                    return waiting
                }?.resume(returning: addresses)
            }
            let timer = Task {
                try await Task.sleep(for: limit)
                finish(nil)
            }
            Task {
                finish(await addresses(host))
                timer.cancel()
            }
        }
        guard let answer else { throw .timeout(.connecting) }
        guard !answer.isEmpty else { throw .connection("\(host) has no address") }
        return answer
    }

    /// `getaddrinfo` blocks for as long as the name server likes: four threads that nobody else waits for.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()

    private static func lookUp(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = list
        while let entry = next {
            // Each address comes once for every kind of socket.
            if let address = IPAddress(UnsafePointer(entry.pointee.ai_addr)), !found.contains(address) {
                found.append(address)
            }
            next = entry.pointee.ai_next
        }
        return found
    }
}
