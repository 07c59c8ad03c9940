import Foundation
import JWTKit
import NIOConcurrencyHelpers

/// Signs and reads access tokens: HS256 and nothing else.
///
/// A token that was verified once stays verified until it expires, so its claims are kept: a token's signature costs
/// about 30 µs with its two JSON parts, a lookup less than one.
final class AccessTokens: Sendable {
    /// Short, because it cannot be called back; the session behind it can, and is asked for at each request.
    static let lifetime: Int64 = 600
    /// 4,096 tokens of about 400 bytes: under 2 MB.
    private static let cached = 4096

    private let keys = JWTKeyCollection()
    private let key: HMACKey
    private let clock: MachineClock
    private let verified = NIOLockedValueBox<[String: AccessClaims]>([:])

    init(key: [UInt8], clock: MachineClock) async {
        self.key = HMACKey(from: key)
        self.clock = clock
        await keys.add(hmac: self.key, digestAlgorithm: .sha256)
    }

    func issue(user: Int64, account: Int64, session: Int64, staff: Bool) async throws -> String {
        let now = Int64(clock.now().timeIntervalSince1970)
        let claims = AccessClaims(
            iss: AccessClaims.issuer,
            aud: AccessClaims.audience,
            typ: AccessClaims.type,
            sub: String(user),
            exp: now + Self.lifetime,
            iat: now,
            account: account,
            session: session,
            staff: staff
        )
        return try await keys.sign(claims)
    }

    /// The claims of a token that we signed and that has not expired; nil for any other text.
    func claims(of token: String) async -> AccessClaims? {
        let known = verified.withLockedValue { $0[token] }
        let claims: AccessClaims
        if let known {
            claims = known
        } else {
            guard token.utf8.count <= 2048, isHS256(token),
                let checked = try? await keys.verify(token, as: AccessClaims.self)
            else { return nil }
            claims = checked
            verified.withLockedValue { verified in
                if verified.count >= Self.cached { verified.removeAll(keepingCapacity: true) }
                verified[token] = checked
            }
        }
        let now = Int64(clock.now().timeIntervalSince1970)
        return claims.exp > now && claims.iat <= now + 60 ? claims : nil
    }

    /// The header must say what we sign with; a token that names another algorithm is not even tried.
    private func isHS256(_ token: String) -> Bool {
        guard let first = token.split(separator: ".", maxSplits: 1).first,
            let bytes = SecretToken.bytes(ofBase64URL: first),
            let header = try? JSONReader.read(bytes)
        else { return false }
        return header["alg"]?.string == "HS256" && header["crit"] == nil
    }
}
