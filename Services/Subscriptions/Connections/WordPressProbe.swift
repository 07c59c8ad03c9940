import Foundation
import WebClient

/// Asks a WordPress site for our plugin's ping.
struct WordPressProbe: SiteProbe {
    let client: WebClient
    /// False only in the sandbox, whose sites live on this machine.
    let guardAddresses: Bool

    private struct Ping: Decodable {
        let plugin: String
    }

    func testConnection(to baseURL: String) async -> SiteProbeResult {
        let base = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        do {
            let answer = try await client.send(
                WebRequest(
                    url: "\(base)/wp-json/igny8/v1/ping",
                    headers: [("Accept", "application/json")],
                    timeout: .seconds(15),
                    maximumBodyBytes: 64 << 10,
                    guardAddresses: guardAddresses
                )
            )
            guard answer.status == 200 else { return .failed("the site answered \(answer.status)") }
            guard let ping = try? JSONDecoder().decode(Ping.self, from: Data(answer.body)), ping.plugin == "igny8-seo"
            else { return .failed("the site answered, but not by our plugin") }
            return .passed
        } catch {
            return .failed("\(error)")
        }
    }
}
