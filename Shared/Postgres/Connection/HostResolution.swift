import Glibc
import NIOConcurrencyHelpers
import NIOPosix

extension ConnectionParameters {
    /// Looks the hosts' names up on a thread, because libpq would do it on the loop, where it blocks everything.
    ///
    /// The addresses go into `hostaddr`; `host` stays for the verification of certificates. A name with several
    /// addresses becomes several hosts, which libpq tries in turn.
    func resolved(within limit: Duration) async throws(PostgresError) -> ConnectionParameters {
        guard self["hostaddr"] == nil, let host = self["host"], !host.isEmpty else { return self }
        let hosts = host.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let ports = (self["port"] ?? "5432").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        var expanded: [(host: String, address: String, port: String)] = []
        var failure = PostgresError.connection("no address for \(host)")
        for (index, name) in hosts.enumerated() {
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : "5432"
            if name.isEmpty || name.hasPrefix("/") || name.hasPrefix("@") {
                expanded.append((name, "", port))
                continue
            }
            do throws(PostgresError) {
                expanded += try await addresses(of: name, within: limit).map { (name, $0, port) }
            } catch {
                failure = error
            }
        }
        guard !expanded.isEmpty else { throw failure }
        var parameters = self
        parameters["host"] = expanded.map(\.host).joined(separator: ",")
        parameters["hostaddr"] = expanded.map(\.address).joined(separator: ",")
        parameters["port"] = expanded.map(\.port).joined(separator: ",")
        return parameters
    }
}

/// The addresses of `name`, or an error after `limit`: `getaddrinfo` itself cannot be interrupted.
private func addresses(of name: String, within limit: Duration) async throws(PostgresError) -> [String] {
    typealias Answer = Result<[String], PostgresError>
    return try await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
        let waiting = NIOLockedValueBox<CheckedContinuation<Answer, Never>?>(continuation)
        let answer: @Sendable (Answer) -> Void = { answer in
            waiting.withLockedValue { waiting in
                defer { waiting = nil }
                return waiting
            }?.resume(returning: answer)
        }
        NIOThreadPool.singleton.submit { _ in answer(lookUp(name)) }
        Task {
            try? await Task.sleep(for: limit)
            answer(.failure(.connection("no answer in time to who \(name) is")))
        }
    }.get()
}

private func lookUp(_ name: String) -> Result<[String], PostgresError> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(name, nil, &hints, &first)
    guard code == 0 else {
        return .failure(.connection("no address for \(name): \(String(cString: gai_strerror(code)))"))
    }
    defer { freeaddrinfo(first) }
    var addresses: [String] = []
    for entry in sequence(first: first, next: { $0?.pointee.ai_next }) {
        guard let entry else { break }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let length = socklen_t(text.count)
        guard
            getnameinfo(entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0
        else { continue }
        addresses.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    return .success(addresses)
}
