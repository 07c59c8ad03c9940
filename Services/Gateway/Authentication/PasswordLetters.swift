import DomainModel

/// The two letters the gateway causes: they carry a link that sets a password.
enum PasswordLetters {
    struct Letter: Sendable {
        let template: String
        let subject: String
        let text: String
        /// Makes the mail one mail: the token's own hash, so that each link is mailed once.
        let uniqueKey: String
    }

    static func forgotten(_ user: User, token: String, _ configuration: GatewayConfiguration) -> Letter {
        Letter(
            template: "password_reset",
            subject: "Set a new password",
            text: """
                Hello \(user.name),

                somebody, we hope you, asked to set a new password for \(user.email). This link does it, once, within the
                next hour:

                \(link(token, configuration))

                If it was not you, do nothing: your password stays as it is.
                """,
            uniqueKey: uniqueKey(token)
        )
    }

    static func invitation(_ user: User, token: String, _ configuration: GatewayConfiguration) -> Letter {
        Letter(
            template: "invitation",
            subject: "Your access to IGNY8 Managed Services",
            text: """
                Hello \(user.name),

                you have been given access as \(user.email). This link sets your password, once, within the next week:

                \(link(token, configuration))
                """,
            uniqueKey: uniqueKey(token)
        )
    }

    /// The token stands behind the `#`, which browsers keep to themselves: no server log sees it.
    private static func link(_ token: String, _ configuration: GatewayConfiguration) -> String {
        "\(configuration.publicURL)/password#\(token)"
    }

    private static func uniqueKey(_ token: String) -> String {
        "password:" + SecretToken.base64URL(SecretToken.hash(of: token))
    }
}
