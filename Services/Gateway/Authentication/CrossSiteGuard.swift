import HTTPTypes
import Hummingbird

/// A write that comes with cookies must come from our own pages: by its origin, and by the token only they can read.
struct CrossSiteGuard: Sendable {
    static let header = HTTPField.Name("X-CSRF-Token")!

    let cookies: SessionCookies
    let publicOrigin: String

    func check(_ request: Request, session: Int64) throws(Problem) {
        guard request.method != .get, request.method != .head else { return }
        try checkOrigin(request)
        let expected = cookies.csrfToken(session: session)
        guard let sent = request.headers[Self.header], constantTimeEquals(sent.utf8, expected.utf8) else {
            throw .forbidden("Send the value of the cookie \(SessionCookies.csrf) as X-CSRF-Token.")
        }
    }

    /// Also where there is no session yet (login with cookies).
    func checkOrigin(_ request: Request) throws(Problem) {
        if let origin = request.headers[.origin] {
            guard origin == publicOrigin else { throw .forbidden("The origin \(origin) is not this site's.") }
            return
        }
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" {
            throw .forbidden("The request comes from another site.")
        }
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
