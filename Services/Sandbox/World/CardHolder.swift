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
        let login = try await gateway.post(
            "auth/login/",
            try JSONEncoder().encode(Login(email: replacement.email, password: replacement.password))
        )
        let access = try JSONDecoder().decode(Access.self, from: Data(login.body)).access
        _ = try await gateway.post(
            "billing/payment-methods/",
            try JSONEncoder().encode(replacement.paymentMethod),
            headers: [("Authorization", "Bearer \(access)"), ("Idempotency-Key", "world-\(name)")]
        )
    }
}
