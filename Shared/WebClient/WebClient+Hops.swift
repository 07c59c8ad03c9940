import Logging

/// One attempt: the request and the redirects it meets, each hop checked for itself.
extension WebClient {
    func follow(_ request: WebRequest) async throws(WebError) -> WebResponse {
        let start = ContinuousClock.now
        let first = try WebURL(request.url)
        var hop = request
        var url = first
        var redirects = 0
        while true {
            let left = request.timeout - (ContinuousClock.now - start)
            guard left > .zero else { throw .timeout(.waiting) }
            // What is configured is one origin; wherever it sends us next is as foreign as any other.
            let isGuarded = request.guardAddresses || !url.hasOrigin(of: first)
            let response = try await exchange(hop, url, isGuarded: isGuarded, within: left)
            guard request.maximumRedirects > 0, let location = redirect(response) else { return response }
            redirects += 1
            guard redirects <= min(request.maximumRedirects, 5) else { throw .tooManyRedirects }
            let next = try WebURL(location, relativeTo: url)
            hop = redirected(hop, status: response.status, keepingCredentials: next.hasOrigin(of: url))
            url = next
        }
    }

    private func redirect(_ response: WebResponse) -> String? {
        [301, 302, 303, 307, 308].contains(response.status) ? response.header("Location") : nil
    }

    /// RFC 9110, 15.4: 303 always becomes a GET, 301 and 302 make a GET of a POST as every browser does, 307 and 308
    /// change nothing.
    private func redirected(_ request: WebRequest, status: Int, keepingCredentials: Bool) -> WebRequest {
        var next = request
        let becomesGet = status == 303 || (status <= 302 && request.method == .post)
        if becomesGet, request.method != .head {
            next.method = .get
            next.body = nil
            next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
        }
        if !keepingCredentials {
            let secret = ["authorization", "cookie", "proxy-authorization"]
            next.headers.removeAll { secret.contains($0.name.lowercased()) }
        }
        return next
    }

    private func exchange(
        _ request: WebRequest,
        _ url: WebURL,
        isGuarded: Bool,
        within timeout: Duration
    ) async throws(WebError) -> WebResponse {
        let start = ContinuousClock.now
        let pins = isGuarded ? try await publicAddresses(of: url, within: min(request.connectTimeout, timeout)) : nil
        let left = timeout - (ContinuousClock.now - start)
        let work = try HTTPWork(
            request: request,
            url: url,
            pins: pins,
            exceptions: configuration.guardExceptions,
            userAgent: configuration.userAgent,
            timeout: max(left, .milliseconds(1))
        )
        let reply = await (isGuarded ? guarded : open).perform(work)
        return try HTTPOutcome.response(of: reply, url: url)
    }

    /// Resolved once; refused if any address is not public.
    private func publicAddresses(of url: WebURL, within limit: Duration) async throws(WebError) -> [IPAddress] {
        guard configuration.guardedPorts.contains(url.port) else {
            throw .invalidURL("port \(url.port); only 80 and 443 are allowed")
        }
        let addresses = try await configuration.resolve.addresses(of: url.host, within: limit)
        let refused = addresses.first {
            !AddressGuard.isPublic($0) && !configuration.guardExceptions.contains($0)
        }
        if let refused {
            logger.notice("refused an address that is not public", metadata: ["address": "\(refused)"])
            throw .refusedAddress("\(refused)")
        }
        return addresses
    }
}
