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

    let client: WebClient
    let gatewayURL: String

    /// Saves another card. The key makes a repetition after a crash harmless.
    func replace(_ replacement: CardReplacement, named name: String) async throws {
        let login = try await post(
            "auth/login/",
            try JSONEncoder().encode(Login(email: replacement.email, password: replacement.password)),
            headers: []
        )
        let access = try JSONDecoder().decode(Access.self, from: Data(login.body)).access
        _ = try await post(
            "billing/payment-methods/",
            try JSONEncoder().encode(replacement.paymentMethod),
            headers: [("Authorization", "Bearer \(access)"), ("Idempotency-Key", "world-\(name)")]
        )
    }

    private func post(
        _ path: String,
        _ body: Data,
        headers: [(name: String, value: String)]
    ) async throws -> WebResponse {
        let response = try await client.send(
            WebRequest(
                method: .post,
                url: "\(gatewayURL)/api/v1/\(path)",
                headers: headers + [("Content-Type", "application/json")],
                body: Array(body),
                timeout: .seconds(10),
                guardAddresses: false
            )
        )
        guard (200..<300).contains(response.status) else {
            throw GatewayRefusal(path: path, status: response.status, text: String(response.text.prefix(300)))
        }
        return response
    }
}

struct GatewayRefusal: Error, CustomStringConvertible {
    var path: String
    var status: Int
    var text: String

    var description: String { "\(path) answered \(status): \(text)" }
}
