import DomainModel
import WebClient

/// Fetches over HTTP as a polite robot does: with its own name, by robots.txt and its crawl delay, one connection a host.
///
/// The addresses are other people's words, so each hop goes through the guard (spec 10): public addresses only, resolved
/// once and pinned, 5 redirects, and caps on time and size after decompression.
struct WebPageSource: PageSource {
    /// What bounds one fetch.
    struct Limits: Sendable {
        /// For the page with its redirects.
        var time = Duration.seconds(20)
        var connect = Duration.seconds(5)
        /// HTML beyond it is cut by search engines too (Google: 2 MB, Bing: 1 MB). 32 pages at once are 128 MB at most.
        var bytes = 4 << 20
        var redirects = 5
    }

    let client: WebClient
    let hosts: HostGate
    let robots: RobotsBook
    /// In the sandbox, whose pages live under `.localhost` on this machine: those hosts alone are not guarded. Every other
    /// is, wherever a redirect leads.
    let isSandbox: Bool
    var limits = Limits()

    /// The product token of robots.txt.
    static let agent = "igny8-linkcheck"
    static let userAgent = "Mozilla/5.0 (compatible; IGNY8-LinkCheck/1.0; +https://igny8.com/linkcheck)"

    func fetch(_ url: String) async throws -> FetchOutcome {
        let start = ContinuousClock.now
        var redirects: [BacklinkCheck.Redirect] = []
        func failure(_ verdict: LinkVerdict, _ detail: String) -> FetchOutcome {
            .failure(
                FetchFailure(
                    verdict: verdict,
                    detail: detail,
                    redirects: redirects,
                    milliseconds: Self.milliseconds(since: start)
                )
            )
        }
        guard var address = LinkURL(url) else { return failure(.refused, "the address is none of a web page") }
        var seen: Set<String> = [address.text]
        while true {
            let left = limits.time - (ContinuousClock.now - start)
            guard left > .zero else { return failure(.unreachable, "no answer in time") }
            let answer: WebResponse
            switch try await visit(address, within: left) {
            case .answer(let response): answer = response
            case .forbidden: return failure(.blocked, "robots.txt of \(address.host) forbids it")
            case .failed(let error):
                if case .cancelled = error { throw CancellationError() }
                return failure(Self.verdict(of: error), "\(error)")
            }
            guard [301, 302, 303, 307, 308].contains(answer.status), let location = answer.header("Location") else {
                return .page(
                    FetchedPage(
                        requestedURL: url,
                        finalURL: address.text,
                        status: answer.status,
                        headers: answer.headers,
                        body: answer.body,
                        redirects: redirects,
                        milliseconds: Self.milliseconds(since: start)
                    )
                )
            }
            guard let next = LinkURL(location, relativeTo: address) else {
                return failure(.refused, "a redirect to \(location.prefix(100)), which is no web page")
            }
            redirects.append(BacklinkCheck.Redirect(status: answer.status, url: String(next.text.prefix(2_048))))
            guard seen.insert(next.text).inserted else {
                return failure(.refused, "its redirects go round in a circle")
            }
            guard redirects.count <= limits.redirects else {
                return failure(.refused, "more than \(limits.redirects) redirects")
            }
            address = next
        }
    }

    private enum Visit {
        case answer(WebResponse)
        case forbidden
        case failed(WebError)
    }

    /// One hop: alone at its host, after its crawl delay, if its robots.txt lets us.
    private func visit(_ address: LinkURL, within time: Duration) async throws -> Visit {
        let authority = address.host + (address.port.map { ":\($0)" } ?? "")
        return try await hosts.alone(at: authority, for: time + .seconds(10)) { lease in
            let origin = "\(address.scheme)://\(authority)"
            let rules = try await robots.rules(of: origin) { try await fetchRobots(of: address, origin) }
            lease.delay = rules.crawlDelay ?? .zero
            guard rules.allows(address.path + (address.query.map { "?" + $0 } ?? "")) else {
                // Nothing was asked of it, so there is nothing to rest from.
                lease.delay = .zero
                return .forbidden
            }
            do throws(WebError) {
                return .answer(try await client.send(request(address.text, guarded: isGuarded(address), within: time)))
            } catch {
                return .failed(error)
            }
        }
    }

    /// Rules that cannot be had forbid nothing: a page that is verified once a week is no crawl, and a host that is down
    /// tells so at its page.
    private func fetchRobots(of address: LinkURL, _ origin: String) async throws -> RobotsRules {
        var place = "\(origin)/robots.txt"
        for _ in 0...limits.redirects {
            guard let url = LinkURL(place) else { return .none }
            var request = request(place, guarded: isGuarded(url), within: limits.time / 2)
            request.maximumBodyBytes = RobotsRules.mostBytes
            let answer: WebResponse
            do throws(WebError) {
                answer = try await client.send(request)
            } catch {
                if case .cancelled = error { throw CancellationError() }
                return .none
            }
            if let location = answer.header("Location"), (300...399).contains(answer.status) {
                guard let next = LinkURL(location, relativeTo: url) else { return .none }
                place = next.text
                continue
            }
            return answer.status == 200 ? RobotsRules(answer.body, agent: Self.agent) : .none
        }
        return .none
    }

    private func request(_ url: String, guarded: Bool, within time: Duration) -> WebRequest {
        WebRequest(
            url: url,
            headers: [
                ("User-Agent", Self.userAgent), ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"),
                ("Accept-Language", "en;q=0.8,*;q=0.5"),
            ],
            timeout: time,
            connectTimeout: min(limits.connect, time),
            maximumBodyBytes: limits.bytes,
            guardAddresses: guarded,
            maximumRedirects: 0
        )
    }

    private func isGuarded(_ address: LinkURL) -> Bool { !(isSandbox && address.host.hasSuffix(".localhost")) }

    private static func verdict(of error: WebError) -> LinkVerdict {
        switch error {
        case .refusedAddress, .invalidURL, .tooManyRedirects: .refused
        case .invalidRequest, .connection, .tls, .timeout, .interrupted, .tooLarge, .cancelled: .unreachable
        }
    }

    private static func milliseconds(since start: ContinuousClock.Instant) -> Int {
        Int((ContinuousClock.now - start) / .milliseconds(1))
    }
}
