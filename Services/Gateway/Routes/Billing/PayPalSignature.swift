import Crypto
import CryptoExtras
import Foundation
import HTTPTypes
import Persistence

/// PayPal's `paypal-transmission-…` headers: RSA with SHA-256 over `id|time|webhook id|crc32 of the body`, by the key of
/// a certificate whose address the headers name (spec 5.5, "Webhooks").
struct PayPalSignature {
    let transmission: String
    let time: String
    let signature: [UInt8]
    let certificateURL: String

    init?(_ headers: HTTPFields) {
        guard let transmission = headers[.paypalTransmissionID], let time = headers[.paypalTransmissionTime],
            let signature = headers[.paypalTransmissionSignature].flatMap({ Data(base64Encoded: $0) }),
            let certificateURL = headers[.paypalCertificateURL],
            headers[.paypalAlgorithm] == "SHA256withRSA", transmission.utf8.count <= 200, time.utf8.count <= 50
        else { return nil }
        self.transmission = transmission
        self.time = time
        self.signature = Array(signature)
        self.certificateURL = certificateURL
    }

    /// Whether the certificate lies where PayPal keeps its own: over https on a host of paypal.com, or below the address
    /// of the API that this house is configured for.
    func isFromPayPal(api: String) -> Bool {
        guard certificateURL.utf8.count <= 500, !certificateURL.contains("/.."), !certificateURL.contains("%"),
            let parts = URLComponents(string: certificateURL), let host = parts.host?.lowercased(),
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return false }
        if certificateURL.hasPrefix("\(api)\(Self.folder)") { return true }
        return parts.scheme == "https" && parts.port == nil && parts.path.hasPrefix(Self.folder)
            && (host == "paypal.com" || host.hasSuffix(".paypal.com"))
    }

    private static let folder = "/v1/notifications/certs/"

    /// Whether the certificate's key made the signature for one of our webhooks' ids; while one is exchanged for another
    /// there are two.
    func isMade(for webhookIDs: [String], over body: [UInt8], by certificate: SigningCertificate) -> Bool {
        let sum = CRC32.of(body)
        let made = _RSA.Signing.RSASignature(rawRepresentation: signature)
        return webhookIDs.contains { id in
            certificate.key.isValidSignature(
                made,
                for: Data("\(transmission)|\(time)|\(id)|\(sum)".utf8),
                padding: .insecurePKCS1v1_5
            )
        }
    }
}

/// The checksum of ISO 3309, as in ZIP and PNG: an unsigned number.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
        }
    }

    static func of(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { sum, byte in
            table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8)
        }
    }
}

extension HTTPField.Name {
    static let paypalTransmissionID = HTTPField.Name("PayPal-Transmission-Id")!
    static let paypalTransmissionTime = HTTPField.Name("PayPal-Transmission-Time")!
    static let paypalTransmissionSignature = HTTPField.Name("PayPal-Transmission-Sig")!
    static let paypalCertificateURL = HTTPField.Name("PayPal-Cert-Url")!
    static let paypalAlgorithm = HTTPField.Name("PayPal-Auth-Algo")!
}
