import Foundation
import HTTPTypes
import Hummingbird
import Postgres

/// Google's page that asks for a consent, and what its codes are good for. Nobody sits before it: it answers at once, as `play`
/// says.
extension SearchConsoleRoutes {
    /// `play=access_denied` refuses, any other word is an error of that name; `properties` is what the person who consents
    /// sees, between commas.
    func authorize(_ request: Request) async throws -> Response {
        let asked = request.uri.queryParameters
        func text(_ name: Substring) -> String { asked[name].map(String.init) ?? "" }
        guard text("response_type") == "code", text("code_challenge_method") == "S256", !text("client_id").isEmpty,
            text("code_challenge").utf8.count == 43, text("redirect_uri").hasPrefix("http")
        else { return Answers.html("<h1>Error 400: invalid_request</h1>", status: .badRequest) }
        var answer = "state=\(Self.escaped(text("state")))"
        if let error = asked["play"] {
            answer += "&error=\(Self.escaped(String(error)))"
        } else {
            let code = try await world.code(
                for: text("client_id"),
                redirectURI: text("redirect_uri"),
                challenge: text("code_challenge"),
                isOffline: text("access_type") == "offline",
                scope: text("scope"),
                properties: asked["properties"].map { $0.split(separator: ",").map(String.init) }
            )
            answer += "&code=\(Self.escaped(code))&scope=\(Self.escaped(text("scope")))&authuser=0&prompt=consent"
        }
        return Response(status: .found, headers: [.location: "\(text("redirect_uri"))?\(answer)"])
    }

    func exchange(_ fields: [String: String]) async throws -> Response {
        let grant = try await world.exchange(
            code: fields["code"] ?? "",
            of: fields["client_id"] ?? "",
            redirectURI: fields["redirect_uri"] ?? "",
            verifier: fields["code_verifier"] ?? ""
        )
        guard let grant else {
            return Answers.bytes(
                Array(#"{"error":"invalid_grant","error_description":"Malformed auth code."}"#.utf8),
                type: "application/json; charset=UTF-8",
                status: .badRequest
            )
        }
        let body = try JSONEncoder().encode(grant)
        return Answers.bytes(Array(body), type: "application/json; charset=UTF-8", status: .ok)
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension SearchConsoleWorld {
    /// Somebody has consented.
    func code(
        for client: String,
        redirectURI: String,
        challenge: String,
        isOffline: Bool,
        scope: String,
        properties: [String]?
    ) async throws -> String {
        try await database.query(
            """
            insert into sandbox.google_codes (code, client_id, redirect_uri, challenge, is_offline, scope, properties)
            values ('4/0A' || md5(random()::text || clock_timestamp()::text), \(client), \(redirectURI), \(challenge),
                \(isOffline), \(scope), \(properties))
            returning code
            """
        )[0].decode("code")
    }

    /// What a code is exchanged for.
    struct Grant: Encodable, Sendable {
        var access_token: String
        var expires_in = 3_599
        var refresh_token: String?
        var scope: String
        var token_type = "Bearer"
    }

    /// Nil for a code that is none, was used, or belongs to another client, address or verifier.
    func exchange(
        code: String,
        of client: String,
        redirectURI: String,
        verifier: String
    ) async throws -> Grant? {
        let row = try await database.query(
            """
            with used as (
                update sandbox.google_codes set used_at = now()
                where code = \(code) and used_at is null and created_at > now() - interval '10 minutes'
                    and client_id = \(client) and redirect_uri = \(redirectURI)
                    and challenge = rtrim(translate(encode(sha256(convert_to(\(verifier), 'UTF8')), 'base64'), '+/', '-_'), '=')
                returning *
            )
            insert into sandbox.google_grants (refresh_token, access_token, expires_at, properties)
            select '1//' || md5(code || random()::text), 'ya29.' || md5(random()::text || code), now() + interval '1 hour',
                properties
            from used
            returning access_token, refresh_token, (select is_offline from used), (select scope from used)
            """
        ).first
        guard let row else { return nil }
        let isOffline: Bool = try row.decode("is_offline")
        return Grant(
            access_token: try row.decode("access_token"),
            refresh_token: isOffline ? try row.decode("refresh_token") : nil,
            scope: try row.decode("scope")
        )
    }
}
