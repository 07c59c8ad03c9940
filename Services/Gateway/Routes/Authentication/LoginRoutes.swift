import DomainModel
import HTTPTypes
import Hummingbird
import Logging
import Persistence
import Postgres

enum LoginRoutes {
    static let endpoints = [login, refresh, logout, me]

    static let login = Endpoint(.post, "auth/login/", .public, "login", "Sign in with e-mail and password") { call in
        let asCookies = call.body["session"]?.string == "cookie"
        if asCookies { try call.services.guardian.checkOrigin(call.request) }
        let text = try call.body.text("email").lowercased()
        try await call.services.limiter.admit("login:" + text, perLogin)
        let email = EmailAddress(text)
        let system = Tenant.system(reason: "login")
        let known = try await call.services.store.transaction(as: system, actor: "public") { tx in
            guard let email else { return Users.Credentials?.none }
            return try await Users.credentials(email: email, in: tx)
        }
        let fits = try await call.services.passwords.verify(
            try call.body.text("password"),
            against: known?.passwordHash
        )
        guard let known, fits, known.user.isActive, known.accountStatus == .active else {
            call.logger.notice("login refused", metadata: ["address": "\(call.address)"])
            throw Problem.unauthorized("The e-mail address or the password is wrong.")
        }
        let renewed =
            call.services.passwords.isOutdated(known.passwordHash)
            ? try await call.services.passwords.hash(try call.body.text("password")) : nil
        let user = known.user.value
        let token = SecretToken.random(prefix: "rt_")
        let session = try await call.services.store.transaction(as: system, actor: "user:\(user.id)") { tx in
            if let renewed { try await Users.setPassword(renewed, of: user.id, in: tx) }
            try await Users.recordSignIn(of: user.id, in: tx)
            let session = try await Sessions.open(
                user: user,
                token: token.text,
                userAgent: call.request.headers[.userAgent].map { String($0.prefix(300)) },
                address: call.address,
                in: tx
            )
            try await call.audit(.signedIn, .user(user), in: tx)
            return session
        }
        return try await SignedIn(
            user: user.id,
            account: user.accountID,
            session: session.id,
            isStaff: user.isStaff,
            refresh: token.text,
            asCookies: asCookies
        ).answer(call.services)
    }.with {
        $0.body = .object([
            .required("email", .email), .required("password", .text(1...1024)),
            .optional("session", .oneOf(["token", "cookie"]), "How the tokens come back; token when left out."),
        ])
        $0.answer = SignedIn.schema
        $0.problems = [.unauthorized, .forbidden]
        $0.limit = perAddress
        $0.takesIdempotencyKey = false
    }

    /// Ten attempts at once, then one in six seconds: people mistype, machines guess.
    private static let perAddress = RateLimit(rate: 1.0 / 6, burst: 10)
    /// The same account from many addresses: twenty, then one in half a minute.
    private static let perLogin = RateLimit(rate: 1.0 / 30, burst: 20)

    static let refresh = Endpoint(.post, "auth/refresh/", .public, "refresh", "Spend a refresh token for new tokens") {
        call in
        let inBody = call.body["refresh"]?.string
        let inCookie = inBody == nil ? SessionCookies.read(SessionCookies.refresh, from: call.request) : nil
        if inCookie != nil { try call.services.guardian.checkOrigin(call.request) }
        guard let token = inBody ?? inCookie else {
            throw Problem.unauthorized("Send the refresh token, or the cookie it came in.")
        }
        let next = SecretToken.random(prefix: "rt_")
        let system = Tenant.system(reason: "refresh")
        let (rotation, user) = try await call.services.store.transaction(as: system, actor: "public") { tx in
            let rotation = try await Sessions.rotate(token, to: next.text, in: tx)
            switch rotation {
            case .rotated(let session):
                return (rotation, try await Users.find(session.userID, for: system, in: tx)?.value)
            case .reused(let session):
                let user = try await Users.find(session.userID, for: system, in: tx)?.value
                if let user {
                    try await call.audit(.sessionsRevoked, .user(user), Change(reason: "refresh token reused"), in: tx)
                }
                return (rotation, nil)
            case .refused:
                return (rotation, nil)
            }
        }
        guard case .rotated(let session) = rotation, let user, user.isActive else {
            throw Problem.unauthorized("The refresh token is not good any more: sign in again.")
        }
        return try await SignedIn(
            user: user.id,
            account: user.accountID,
            session: session.id,
            isStaff: user.isStaff,
            refresh: next.text,
            asCookies: inCookie != nil
        ).answer(call.services)
    }.with {
        $0.body = .object([.optional("refresh", .text(1...200), "Left out by browsers, whose cookie brings it.")])
        $0.answer = SignedIn.schema
        $0.problems = [.unauthorized, .forbidden]
        $0.takesIdempotencyKey = false
    }

    static let logout = Endpoint(.post, "auth/logout/", .anyone, "logout", "End this session") { call in
        let answer = try await call.write { write in
            guard case .user(_, let session) = write.identity.principal else { return .noContent }
            try await Sessions.revoke(.init(session), because: .logout, in: write.tx)
            try await write.audit(.signedOut, Subject("user", write.identity.userID?.rawValue))
            return .noContent
        }
        return SessionCookies.clear(on: answer)
    }.with {
        $0.success = .noContent
        $0.takesIdempotencyKey = false
    }

    static let me = Endpoint(.get, "auth/me/", .anyone, "me", "Who I am, and what I may do") { call in
        guard let credentials = call.credentials, case .session(let user, _) = credentials.proof else {
            throw Problem.forbidden("API keys may not be used here.")
        }
        let rows = try await call.read([
            ReadModel.users.row(user, for: call.tenant),
            ReadModel.accounts.row(credentials.accountID, for: call.tenant),
            """
            select f.key, coalesce(o.is_enabled, f.is_enabled) from igny8_feature_flags f
            left join igny8_feature_flag_overrides o on o.flag_key = f.key and o.account_id = \(credentials.accountID)
            order by f.key
            """,
        ]).rows
        guard let row = rows[0].first, let account = rows[1].first else { throw Problem.notFound }
        return try .json(capacity: 1024) { writer in
            writer.beginObject()
            writer.key("user")
            try Resources.users.writer.write(row, into: &writer)
            writer.key("account")
            try Resources.accounts.writer.write(account, into: &writer)
            writer.key("features")
            writer.beginObject()
            for flag in rows[2] { writer.member(try flag.decode(0), try flag.decode(1, as: Bool.self)) }
            writer.endObject()
            writer.endObject()
        }
    }.with {
        $0.answer = .named(
            "Me",
            .object([
                .required("user", Resources.users.schema), .required("account", Resources.accounts.schema),
                .required("features", .map(.boolean), "The feature flags, as they are for this account."),
            ])
        )
    }
}
