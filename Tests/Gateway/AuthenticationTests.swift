import DomainModel
import JWTKit
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Signing in", .timeLimit(.minutes(3)))
struct AuthenticationTests {
    private func login(_ gateway: TestGateway, _ email: String, _ password: String) async throws -> TestAnswer {
        try await gateway.send(.post, "/api/v1/auth/login/", ["email": .string(email), "password": .string(password)])
    }

    @Test("the right password gives tokens that open the API, a wrong one and an unknown address the same refusal")
    func password() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            let answer = try await login(gateway, owner.email.uppercased(), Person.password)
            #expect(answer.status == 200)
            let access = try #require(answer.json["access"]?.string)
            let me = try await gateway.send(.get, "/api/v1/auth/me/", headers: [("Authorization", "Bearer \(access)")])
            #expect(me.json["user"]?["email"]?.string == owner.email)
            #expect(me.json["features"]?["managed_services_enabled"] == .bool(true))
            let wrong = try await login(gateway, owner.email, "wrong")
            let unknown = try await login(gateway, "nobody@one.example", Person.password)
            #expect(wrong.status == 401)
            #expect(unknown.status == 401)
            #expect(wrong.json["detail"] == unknown.json["detail"])
        }
    }

    @Test("eleven attempts from one address within a moment are one too many, and are told when to come back")
    func limit() async throws {
        try await TestGateway.with { gateway in
            var statuses: [Int] = []
            for number in 0..<11 {
                statuses.append(try await login(gateway, "nobody\(number)@one.example", "wrong").status)
            }
            #expect(statuses == Array(repeating: 401, count: 10) + [429])
            let late = try await login(gateway, gateway.people.one.owner.email, Person.password)
            #expect(late.status == 429)
            #expect(late.header("Retry-After").flatMap { Int($0) } ?? 0 >= 1)
        }
    }

    @Test("a refresh token is good once; its second use ends the session and all its tokens")
    func reuse() async throws {
        try await TestGateway.with { gateway in
            let answer = try await login(gateway, gateway.people.one.owner.email, Person.password)
            let first = try #require(answer.json["refresh"]?.string)
            let renewed = try await gateway.send(.post, "/api/v1/auth/refresh/", ["refresh": .string(first)])
            #expect(renewed.status == 200)
            let access = try #require(renewed.json["access"]?.string)
            let second = try #require(renewed.json["refresh"]?.string)
            #expect(second != first)
            let bearer = [(name: "Authorization", value: "Bearer \(access)")]
            #expect(try await gateway.send(.get, "/api/v1/auth/me/", headers: bearer).status == 200)
            let stolen = try await gateway.send(.post, "/api/v1/auth/refresh/", ["refresh": .string(first)])
            #expect(stolen.status == 401)
            let ended = try await gateway.send(.post, "/api/v1/auth/refresh/", ["refresh": .string(second)])
            #expect(ended.status == 401)
            #expect(try await gateway.send(.get, "/api/v1/auth/me/", headers: bearer).status == 401)
        }
    }

    @Test("signing out ends the session at once")
    func logout() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(of: gateway.people.one.owner)
            let bearer = [(name: "Authorization", value: "Bearer \(token)")]
            #expect(try await gateway.send(.post, "/api/v1/auth/logout/", headers: bearer).status == 204)
            #expect(try await gateway.send(.get, "/api/v1/auth/me/", headers: bearer).status == 401)
        }
    }

    @Test("only our own algorithm, key, issuer, audience and type are taken, and no expired token")
    func forgeries() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            let good = try await gateway.token(of: owner)
            let claims = try #require(await gateway.services.tokens.claims(of: good))
            let payload = try #require(good.split(separator: ".").dropFirst().first)
            let none = SecretToken.base64URL(Array(#"{"alg":"none","typ":"JWT"}"#.utf8)) + ".\(payload)."
            let ours = await JWTKeyCollection().add(
                hmac: HMACKey(from: Array(repeating: UInt8(7), count: 64)),
                digestAlgorithm: .sha256
            )
            let longer = await JWTKeyCollection().add(
                hmac: HMACKey(from: Array(repeating: UInt8(7), count: 64)),
                digestAlgorithm: .sha512
            )
            let foreign = await JWTKeyCollection().add(
                hmac: HMACKey(from: Array(repeating: UInt8(8), count: 64)),
                digestAlgorithm: .sha256
            )
            let forged = [
                none, try await longer.sign(claims), try await foreign.sign(claims),
                try await ours.sign(Forged(claims, aud: "other")), try await ours.sign(Forged(claims, iss: "other")),
                try await ours.sign(Forged(claims, typ: "refresh")),
                try await ours.sign(Forged(claims, exp: claims.iat - 1)), good + "x", "", "..",
            ]
            for token in forged {
                let answer = try await gateway.send(
                    .get,
                    "/api/v1/auth/me/",
                    headers: [("Authorization", "Bearer \(token)")]
                )
                #expect(answer.status == 401, "\(token)")
            }
        }
    }

    private struct Forged: JWTPayload {
        let iss, aud, typ, sub: String
        let exp, iat, acc, sid: Int64
        let stf: Bool

        init(
            _ claims: AccessClaims,
            iss: String = "igny8",
            aud: String = "igny8-api",
            typ: String = "access",
            exp: Int64? = nil
        ) {
            (self.iss, self.aud, self.typ, sub) = (iss, aud, typ, claims.sub)
            (self.exp, iat, acc, sid, stf) = (
                exp ?? claims.exp, claims.iat, claims.account, claims.session, claims.staff
            )
        }

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    @Test("a browser's session lives in bound cookies, and a write needs our origin and the token beside them")
    func cookies() async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.send(
                .post,
                "/api/v1/auth/login/",
                [
                    "email": .string(gateway.people.one.owner.email), "password": .string(Person.password),
                    "session": "cookie",
                ],
                headers: [("Origin", "http://gateway.test")]
            )
            #expect(answer.status == 200)
            #expect(answer.json["access"] == nil)
            let set = answer.response.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
            #expect(set.count == 3)
            #expect(
                set.allSatisfy {
                    $0.hasPrefix("__Host-") && $0.contains("; Secure; SameSite=Lax") && $0.contains("Path=/")
                }
            )
            #expect(set.filter { $0.contains("HttpOnly") }.count == 2)
            let jar = set.compactMap { $0.split(separator: ";").first }.joined(separator: "; ")
            let csrf = try #require(answer.json["csrf_token"]?.string)
            let read = try await gateway.send(.get, "/api/v1/auth/me/", headers: [("Cookie", jar)])
            #expect(read.status == 200)
            let path = "/api/v1/sites/\(gateway.people.one.site)/"
            let bare = try await gateway.send(.patch, path, ["name": "x"], headers: [("Cookie", jar)])
            #expect(bare.status == 403)
            let foreign = try await gateway.send(
                .patch,
                path,
                ["name": "x"],
                headers: [("Cookie", jar), ("X-CSRF-Token", csrf), ("Origin", "http://evil.test")]
            )
            #expect(foreign.status == 403)
            let own = try await gateway.send(
                .patch,
                path,
                ["name": "x"],
                headers: [("Cookie", jar), ("X-CSRF-Token", csrf), ("Origin", "http://gateway.test")]
            )
            #expect(own.status == 200)
        }
    }

    @Test("a mailed link sets a new password once, ends every session, and an unknown address gets the same answer")
    func reset() async throws {
        try await TestGateway.with { gateway in
            let owner = gateway.people.one.owner
            let old = try await gateway.token(of: owner)
            for email in [owner.email, "nobody@one.example"] {
                let answer = try await gateway.send(.post, "/api/v1/auth/password/forgot/", ["email": .string(email)])
                #expect(answer.status == 202)
            }
            let text: String = try await gateway.value("select text_body from igny8_emails")
            let jobs: Int64 = try await gateway.value(
                "select count(*) from igny8_jobs where task = 'send_email' and payload ? 'email_id'"
            )
            #expect(jobs == 1)
            let token = try #require(text.split(separator: "#").last?.split(separator: "\n").first)
            let body: JSON = ["token": .string(String(token)), "password": "an entirely new password"]
            #expect(try await gateway.send(.post, "/api/v1/auth/password/reset/", body).status == 204)
            #expect(try await gateway.send(.post, "/api/v1/auth/password/reset/", body).status == 422)
            let stale = try await gateway.send(.get, "/api/v1/auth/me/", headers: [("Authorization", "Bearer \(old)")])
            #expect(stale.status == 401)
            #expect(try await login(gateway, owner.email, Person.password).status == 401)
            #expect(try await login(gateway, owner.email, "an entirely new password").status == 200)
        }
    }

    @Test("a role, a suspension, a deactivation and a flag hold from the next request on")
    func nextRequest() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            let token = try await gateway.token(of: people.one.owner)
            let bearer = [(name: "Authorization", value: "Bearer \(token)")]
            let admin = people.admin
            func users() async throws -> Int {
                let answer = try await gateway.send(.get, "/api/v1/users/", headers: bearer)
                return answer.status
            }
            func set(_ sql: SQL) async throws {
                _ = try await gateway.store.batch(as: TestGateway.system, actor: "test", [sql])
            }
            #expect(try await users() == 200)
            try await set("update igny8_users set role = 'viewer' where id = \(people.one.owner.user.rawValue)")
            #expect(try await users() == 403)
            try await set("update igny8_users set role = 'owner' where id = \(people.one.owner.user.rawValue)")
            #expect(try await users() == 200)
            let account = "/api/v1/accounts/\(people.one.account)/"
            #expect(try await gateway.send(.patch, account, as: admin, ["status": "suspended"]).status == 200)
            #expect(try await users() == 403)
            #expect(try await gateway.send(.patch, account, as: admin, ["status": "active"]).status == 200)
            #expect(try await users() == 200)
            let user = "/api/v1/users/\(people.one.owner.user)/"
            let last = try await gateway.send(.delete, user, as: admin)
            #expect(last.status == 409)
            try await set("update igny8_users set is_active = false where id = \(people.one.owner.user.rawValue)")
            #expect(try await users() == 401)
            let pause = "/api/v1/services/subscriptions/\(people.one.subscription)/"
            #expect(try await gateway.send(.patch, pause, as: admin, [:]).status == 200)
            let flag = "/api/v1/feature-flags/managed_services_enabled/overrides/\(people.one.account)/"
            #expect(try await gateway.send(.put, flag, as: admin, ["is_enabled": false]).status == 200)
            let refused = try await gateway.send(.patch, pause, as: admin, [:])
            #expect(refused.status == 403)
            #expect(refused.json["type"]?.string == "urn:igny8:problem:feature-disabled")
        }
    }

    @Test("an API key opens what its scopes and the plan allow, until it is revoked")
    func apiKeys() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let key = [(name: "Authorization", value: "Api-Key \(one.key)")]
            let list = try await gateway.send(.get, "/api/v1/services/subscriptions/", headers: key)
            #expect(list.status == 200)
            #expect(list.json["count"]?.integer == 1)
            #expect(try await gateway.send(.get, "/api/v1/billing/invoices/", headers: key).status == 403)
            #expect(try await gateway.send(.get, "/api/v1/users/", headers: key).status == 403)
            let write = try await gateway.send(.post, "/api/v1/sites/", ["domain": "k.example"], headers: key)
            #expect(write.status == 403)
            _ = try await gateway.send(
                .patch,
                "/api/v1/accounts/\(one.account)/",
                as: gateway.people.admin,
                ["plan": "starter"]
            )
            let gated = try await gateway.send(.get, "/api/v1/services/subscriptions/", headers: key)
            #expect(gated.status == 403)
            #expect(gated.json["type"]?.string == "urn:igny8:problem:feature-not-in-plan")
            #expect(gated.json["needed"]?.string == "readonly")
            #expect(gated.json["held"]?.string == "none")
            #expect(gated.json["plan"]?.string == "growth")
            let revoked = try await gateway.send(.delete, "/api/v1/api-keys/\(one.apiKey)/", as: one.owner)
            #expect(revoked.status == 204)
            #expect(try await gateway.send(.get, "/api/v1/services/subscriptions/", headers: key).status == 401)
        }
    }
}
