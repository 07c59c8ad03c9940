import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// What a sign-in or a refresh gives back, as tokens in the body or as a browser's cookies.
struct SignedIn {
    let user: User.ID
    let account: Account.ID
    let session: Session.ID
    let isStaff: Bool
    let refresh: String
    let asCookies: Bool

    static let schema = Schema.named(
        "Tokens",
        .object([
            .required("expires_in", .count, "Seconds that the access token is good for."),
            .optional("access", .text(max: 2048), "Authorization: Bearer …"),
            .optional("refresh", .text(max: 200), "Good once; the answer to a refresh brings the next one."),
            .optional("csrf_token", .text(max: 200), "With cookies: to be sent as X-CSRF-Token."),
        ])
    )

    func answer(_ services: GatewayServices) async throws -> Answer {
        let access = try await services.tokens.issue(
            user: user.rawValue,
            account: account.rawValue,
            session: session.rawValue,
            staff: isStaff
        )
        let answer = Answer.json { writer in
            writer.object { writer in
                writer.member("expires_in", AccessTokens.lifetime)
                if asCookies {
                    writer.member("csrf_token", services.cookies.csrfToken(session: session.rawValue))
                } else {
                    writer.member("access", access)
                    writer.member("refresh", refresh)
                }
            }
        }
        guard asCookies else { return answer }
        return services.cookies.set(
            on: answer,
            access: access,
            refresh: refresh,
            session: session.rawValue,
            refreshLifetime: Sessions.Lifetime.standard.idle.components.seconds
        )
    }
}
