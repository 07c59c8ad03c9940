import HTTPTypes
import Hummingbird

/// Finds the credentials of a request: `Bearer`, `Api-Key`, or a browser's cookies.
struct Authenticator: Sendable {
    let tokens: AccessTokens
    let keys: KeyDirectory
    let guardian: CrossSiteGuard

    /// - Returns: nil when the request brings none.
    /// - Throws: 401 for credentials that are not good, 403 for a cross-site write.
    func credentials(of request: Request) async throws -> Credentials? {
        if let field = request.headers[.authorization] {
            let parts = field.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { throw Problem.unauthorized("The Authorization header cannot be read.") }
            switch parts[0].lowercased() {
            case "bearer": return try await session(token: String(parts[1]))
            case "api-key": return try await keys.credentials(of: String(parts[1]))
            default: throw Problem.unauthorized("Authorization is either Bearer or Api-Key.")
            }
        }
        guard let token = SessionCookies.read(SessionCookies.access, from: request),
            let claims = await tokens.claims(of: token)
        else { return nil }
        try guardian.check(request, session: claims.session)
        return Self.credentials(claims)
    }

    private func session(token: String) async throws -> Credentials {
        guard let claims = await tokens.claims(of: token) else {
            throw Problem.unauthorized("The access token is not valid, or has expired: refresh it.")
        }
        return Self.credentials(claims)
    }

    private static func credentials(_ claims: AccessClaims) -> Credentials {
        Credentials(
            proof: .session(user: Int64(claims.sub) ?? 0, session: claims.session),
            accountID: claims.account,
            isStaff: claims.staff,
            actor: "user:\(claims.sub)"
        )
    }
}
