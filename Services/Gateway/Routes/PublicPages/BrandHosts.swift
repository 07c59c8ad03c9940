import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// Which hosts are brands', and what is served there: pages of reports, nothing else.
struct BrandHosts: Sendable {
    let store: Store
    let ownHost: String

    /// The brand's domain that a request came to; nil where it came to the house.
    ///
    /// Names without a dot, addresses, and our own host with all around it can be no brand's, so that what is within and
    /// behind the house costs no question. A brand that is switched off is none with the next request.
    func brand(of request: Request) async throws -> BrandDomain? {
        let authority = request.head.authority ?? ""
        guard let host = BrandDomain(String(authority.prefix { $0 != ":" })), !host.isRelated(to: ownHost) else {
            return nil
        }
        let isServed = try await store.read(as: .system(reason: "a host"), actor: "public") { tx in
            try await Brandings.isServed(under: host, in: tx)
        }
        return isServed ? host : nil
    }

    /// What is for people on the house's own host, beside the pages that brands have too.
    static func isHousePage(_ path: String) -> Bool { path.hasPrefix(SearchConsoleConsentRoutes.callbackPath) }

    static func isPage(_ path: String) -> Bool { path.hasPrefix("/v/") || path.hasPrefix("/r/") }
}

/// Keeps a brand's domain free of everything that is the house's: its routes, and its way to say that something went wrong.
struct BrandHostMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let hosts: BrandHosts
    let isBehindTLS: Bool

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let isPage = BrandHosts.isPage(request.uri.path)
        let isBrand = try await hosts.brand(of: request) != nil
        let isHousePage = !isBrand && BrandHosts.isHousePage(request.uri.path)
        guard isPage || isBrand || isHousePage else { return try await next(request, context) }
        var response: Response
        do {
            guard isPage || isHousePage else { throw Problem.unknownCode }
            response = try await next(request, context)
        } catch {
            response = PublicPage.problem(Problem.of(error, context)).response()
        }
        // What lies beside a brand's host is the brand's own business.
        if isBrand, isBehindTLS { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        return response
    }
}

extension Call {
    /// Whether what belongs to a brand may be shown where it is asked for: everywhere in the house, and on a brand's domain
    /// only to that brand's readers.
    func isRightDomain(_ domain: String?) async throws -> Bool {
        guard let asked = try await services.hosts.brand(of: request) else { return true }
        return asked.name == domain
    }
}
