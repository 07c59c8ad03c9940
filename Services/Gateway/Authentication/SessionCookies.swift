import Crypto
import HTTPTypes
import Hummingbird

/// The cookies of a browser's session. `__Host-` binds them to this host, to TLS and to the path `/`.
struct SessionCookies: Sendable {
    static let access = "__Host-igny8-access"
    static let refresh = "__Host-igny8-refresh"
    static let csrf = "__Host-igny8-csrf"

    private let key: SymmetricKey

    init(key: [UInt8]) {
        // A key of its own, derived, so that a CSRF token is never a signature of the token key.
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key),
            info: Array("igny8 csrf".utf8),
            outputByteCount: 32
        )
    }

    /// Bound to the session: a token of another session, or a cookie planted from a sibling domain, does not fit.
    func csrfToken(session: Int64) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(String(session).utf8), using: key)
        return SecretToken.base64URL(Array(code))
    }

    static func read(_ name: String, from request: Request) -> String? {
        for field in request.headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let pair = pair.drop(while: { $0 == " " })
                if pair.hasPrefix(name + "=") { return String(pair.dropFirst(name.utf8.count + 1)) }
            }
        }
        return nil
    }

    /// `Max-Age` in seconds; the access cookie goes with its token.
    func set(on answer: Answer, access: String, refresh: String, session: Int64, refreshLifetime: Int64) -> Answer {
        answer
            .adding(header: .setCookie, Self.cookie(Self.access, access, AccessTokens.lifetime, httpOnly: true))
            .adding(header: .setCookie, Self.cookie(Self.refresh, refresh, refreshLifetime, httpOnly: true))
            .adding(
                header: .setCookie,
                Self.cookie(Self.csrf, csrfToken(session: session), refreshLifetime, httpOnly: false)
            )
    }

    static func clear(on answer: Answer) -> Answer {
        [access, refresh, csrf].reduce(answer) {
            $0.adding(header: .setCookie, cookie($1, "", 0, httpOnly: true))
        }
    }

    private static func cookie(_ name: String, _ value: String, _ age: Int64, httpOnly: Bool) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(age); Secure; SameSite=Lax" + (httpOnly ? "; HttpOnly" : "")
    }
}
