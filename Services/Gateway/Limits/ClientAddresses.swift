import HTTPTypes
import Hummingbird

/// Whose address a request comes from. `X-Forwarded-For` is believed only from the proxies that were configured.
struct ClientAddresses: Sendable {
    let trustedProxies: Set<String>

    func client(of request: Request, from remote: String) -> String {
        guard trustedProxies.contains(remote), let field = request.headers[.forwardedFor] else { return remote }
        let hops = field.split(separator: ",").map { $0.filter { $0 != " " } }
        // The last hop that is not one of our own proxies: what stands left of it anyone may have written.
        return hops.last { !trustedProxies.contains($0) } ?? remote
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
}
