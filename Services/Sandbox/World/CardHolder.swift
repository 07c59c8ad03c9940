import FoundationEssentials
import WebClient

/// A client at the keyboard: uses the API as the console does.
struct CardHolder: Sendable {
    private struct Login: Encodable {
        var email: String
        var password: String
    }

    private struct Access: Decodable {
        var access: String
    }

    let gateway: GatewayClient

    /// Saves another card. The key makes a repetition after a crash harmless.
    func replace(_ replacement: CardReplacement, named name: String) async throws {
        let access = try await signIn(replacement.email, replacement.password)
        _ = try await gateway.post(
            "billing/payment-methods/",
            try JSONEncoder().encode(replacement.paymentMethod),
            headers: [("Authorization", "Bearer \(access)"), ("Idempotency-Key", "world-\(name)")]
        )
    }

    /// Lets us read a site's Search Console. Done twice, it is the same consent.
    func consent(_ consent: SearchConsoleConsent) async throws {
        let access = try await signIn(consent.email, consent.password)
        _ = try await gateway.post(
            "integration/search-console/connect/",
            try JSONEncoder().encode(consent.connection),
            headers: [("Authorization", "Bearer \(access)")]
        )
    }

    private func signIn(_ email: String, _ password: String) async throws -> String {
        let login = try await gateway.post(
            "auth/login/",
            try JSONEncoder().encode(Login(email: email, password: password))
        )
        return try JSONDecoder().decode(Access.self, from: Data(login.body)).access
    }
}
