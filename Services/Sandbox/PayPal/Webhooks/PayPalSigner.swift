import Crypto
import CryptoExtras
import FoundationEssentials
import Postgres

/// Signs webhooks as PayPal does: RSA with SHA-256 over `id|time|webhook id|crc32`, by a key whose certificate can be
/// fetched. The key is made once and kept, so that a sandbox that was killed signs on with it.
struct PayPalSigner: Sendable {
    static let folder = "/v1/notifications/certs/"

    let database: PostgresDatabase
    let baseURL: String
    let webhookID: String
    let clock: MachineClock

    private struct Stored {
        var name: String
        var key: _RSA.Signing.PrivateKey
    }

    /// The headers of one delivery.
    func headers(of body: [UInt8], delivery: Int64) async throws -> [(name: String, value: String)] {
        let stored = try await key()
        let transmission = "sandbox-\(delivery)-\(clock.unixSeconds())"
        let time = Moment(Date(timeIntervalSince1970: Double(clock.unixSeconds()))).text
        let message = "\(transmission)|\(time)|\(webhookID)|\(Checksum.crc32(body))"
        let signature = try stored.key.signature(for: Data(message.utf8), padding: .insecurePKCS1v1_5)
        return [
            ("Content-Type", "application/json"), ("PayPal-Transmission-Id", transmission),
            ("PayPal-Transmission-Time", time),
            ("PayPal-Transmission-Sig", signature.rawRepresentation.base64EncodedString()),
            ("PayPal-Cert-Url", "\(baseURL)\(Self.folder)\(stored.name)"), ("PayPal-Auth-Algo", "SHA256withRSA"),
            ("User-Agent", "PayPal/AUHD-214.0-58843319"),
        ]
    }

    /// The certificate of a name, as PEM.
    func certificate(named name: String) async throws -> String? {
        try await database.query("select certificate from sandbox.paypal_signer where name = \(name)").first
            .map { try $0.decode("certificate") }
    }

    private func key() async throws -> Stored {
        if let stored = try await stored() { return stored }
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let certificate = try SelfSignedCertificate.pem(of: key, at: clock.unixSeconds())
        try await database.query(
            """
            insert into sandbox.paypal_signer (name, private_key, certificate)
            values (\("CERT-\(PayPalID.make(length: 12).lowercased())"), \(Array(key.derRepresentation)), \(certificate))
            on conflict do nothing
            """
        )
        guard let stored = try await stored() else { throw PostgresError.connection("the key was not written") }
        return stored
    }

    private func stored() async throws -> Stored? {
        try await database.query("select name, private_key from sandbox.paypal_signer").first.map { row in
            Stored(
                name: try row.decode("name"),
                key: try _RSA.Signing.PrivateKey(
                    derRepresentation: Data(try row.decode("private_key", as: [UInt8].self))
                )
            )
        }
    }
}

enum Checksum {
    /// As in ZIP: bit by bit, which is fast enough for a letter.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
