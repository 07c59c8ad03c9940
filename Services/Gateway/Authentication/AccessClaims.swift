import JWTKit

/// What an access token says. It says who and which session; what that person may do is asked of the database each time.
struct AccessClaims: JWTPayload, Equatable {
    static let issuer = "igny8"
    static let audience = "igny8-api"
    static let type = "access"

    let iss: String
    let aud: String
    let typ: String
    /// The user's id.
    let sub: String
    let exp: Int64
    let iat: Int64
    let account: Int64
    let session: Int64
    let staff: Bool

    enum CodingKeys: String, CodingKey {
        case iss, aud, typ, sub, exp, iat
        case account = "acc"
        case session = "sid"
        case staff = "stf"
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {
        guard iss == Self.issuer, aud == Self.audience, typ == Self.type, Int64(sub) != nil else {
            throw JWTError.claimVerificationFailure(failedClaim: nil, reason: "not an access token of this API")
        }
    }
}
