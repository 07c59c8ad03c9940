import FoundationEssentials
import WebClient

/// Uses our API as the console and the portal do.
struct GatewayClient: Sendable {
    let client: WebClient
    let gatewayURL: String

    /// - Parameter path: below `/api/v1/`.
    /// - Throws: ``GatewayRefusal`` for every answer that is no success.
    func post(
        _ path: String,
        _ body: Data,
        headers: [(name: String, value: String)] = []
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
