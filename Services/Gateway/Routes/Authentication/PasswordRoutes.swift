import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

enum PasswordRoutes {
    static let endpoints = [forgot, reset, change]

    static let newPassword = Schema.text(12...1024)

    static let forgot = Endpoint(
        .post,
        "auth/password/forgot/",
        .public,
        "forgotPassword",
        "Mail a link that sets a new password"
    ) { call in
        let email = try call.body.email("email")
        try await call.services.limiter.admit("forgot:" + email.rawValue, perPerson)
        try await call.services.store.transaction(as: .system(reason: "password reset"), actor: "public") { tx in
            guard let known = try await Users.credentials(email: email, in: tx), known.user.isActive else { return }
            let token = SecretToken.random(prefix: "pr_")
            try await PasswordResets.create(user: known.user.value, token: token.text, in: tx)
            try await call.services.mail.send(
                PasswordLetters.forgotten(known.user.value, token: token.text, call.services.configuration),
                to: known.user.value,
                in: tx
            )
        }
        // The same answer whether the address is known or not.
        return Answer(status: .accepted, mediaType: nil)
    }.with {
        $0.body = .object([.required("email", .email)])
        $0.success = .accepted
        $0.limit = RateLimit(rate: 1.0 / 10, burst: 5)
        $0.takesIdempotencyKey = false
    }

    /// Three mails, then one in ten minutes: no one's mailbox is flooded through us.
    private static let perPerson = RateLimit(rate: 1.0 / 600, burst: 3)

    static let reset = Endpoint(
        .post,
        "auth/password/reset/",
        .public,
        "resetPassword",
        "Set a new password with a mailed token; ends every session"
    ) { call in
        let hash = try await call.services.passwords.hash(try call.body.text("password"))
        let token = try call.body.text("token")
        let system = Tenant.system(reason: "password reset")
        let isDone = try await call.services.store.transaction(as: system, actor: "public") { tx in
            guard let id = try await PasswordResets.redeem(token, in: tx),
                let user = try await Users.find(id, for: system, in: tx)?.value, user.isActive
            else { return false }
            try await Users.setPassword(hash, of: id, in: tx)
            try await Sessions.revokeAll(of: id, because: .password, in: tx)
            try await call.audit(.passwordChanged, .user(user), in: tx)
            return true
        }
        guard isDone else { throw Problem.invalid("token", "a token that is neither used nor older than it may be") }
        return .noContent
    }.with {
        $0.body = .object([.required("token", .text(1...200)), .required("password", newPassword)])
        $0.success = .noContent
        $0.limit = RateLimit(rate: 1.0 / 6, burst: 10)
        $0.takesIdempotencyKey = false
    }

    static let change = Endpoint(
        .post,
        "auth/password/change/",
        .anyone,
        "changePassword",
        "Change my password; ends my other sessions"
    ) { call in
        guard let credentials = call.credentials, case .session(let id, let session) = credentials.proof else {
            throw Problem.forbidden("API keys may not be used here.")
        }
        try await call.services.limiter.admit("change:\(id)", RateLimit(rate: 1.0 / 30, burst: 10))
        let rows = try await call.read(["select password_hash from igny8_users where id = \(id)"]).rows[0]
        let stored = try rows.first?.decode(0, as: String.self)
        guard try await call.services.passwords.verify(try call.body.text("current"), against: stored) else {
            throw Problem.invalid("current", "the present password")
        }
        let hash = try await call.services.passwords.hash(try call.body.text("password"))
        return try await call.write { write in
            try await Users.setPassword(hash, of: .init(id), in: write.tx)
            try await Sessions.revokeAll(of: .init(id), except: .init(session), because: .password, in: write.tx)
            try await write.audit(.passwordChanged, Subject("user", id))
            return .noContent
        }
    }.with {
        $0.body = .object([.required("current", .text(1...1024)), .required("password", newPassword)])
        $0.success = .noContent
        $0.takesIdempotencyKey = false
    }
}
