import WebClient

/// Where certificates are fetched from.
protocol CertificateSource: Sendable {
    /// The bytes at an address; nil when there is no certificate.
    func fetch(_ url: String) async throws -> [UInt8]?
}

/// Over HTTP.
struct WebCertificateSource: CertificateSource {
    /// A chain of three certificates is some 6 KB.
    private static let largest = 64 * 1_024

    let client: WebClient
    /// Off where the provider is played on this machine.
    let guardAddresses: Bool

    func fetch(_ url: String) async throws -> [UInt8]? {
        let answer = try await client.send(
            WebRequest(
                url: url,
                timeout: .seconds(10),
                maximumBodyBytes: Self.largest,
                guardAddresses: guardAddresses,
                maximumRedirects: 0
            )
        )
        return answer.status == 200 ? answer.body : nil
    }
}
