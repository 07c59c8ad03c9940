import CryptoExtras
import FoundationEssentials

/// The smallest X.509 certificate: one name, one key, signed with itself, good for ten years.
enum SelfSignedCertificate {
    static func pem(of key: _RSA.Signing.PrivateKey, at unixSeconds: Int64) throws -> String {
        // sha256WithRSAEncryption, and no parameters.
        let algorithm = DER.sequence([
            DER.object([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]), [0x05, 0x00],
        ])
        // commonName
        let name = DER.sequence([
            DER.set([DER.sequence([DER.object([0x55, 0x04, 0x03]), DER.text("messageverificationcerts.paypal.com")])])
        ])
        let tenYears: Int64 = 10 * 365 * 86_400
        let body = DER.sequence([
            DER.tagged(0xA0, DER.integer([2])), DER.integer([1]), algorithm, name,
            DER.sequence([DER.moment(unixSeconds - 86_400), DER.moment(unixSeconds + tenYears)]), name,
            Array(key.publicKey.derRepresentation),
        ])
        let signature = try key.signature(for: Data(body), padding: .insecurePKCS1v1_5)
        let certificate = DER.sequence([body, algorithm, DER.bits(Array(signature.rawRepresentation))])
        let text = Data(certificate).base64EncodedString()
        let lines = stride(from: 0, to: text.count, by: 64).map { start in text.dropFirst(start).prefix(64) }
        return "-----BEGIN CERTIFICATE-----\n" + lines.joined(separator: "\n") + "\n-----END CERTIFICATE-----\n"
    }
}

/// Writes DER.
enum DER {
    static func sequence(_ parts: [[UInt8]]) -> [UInt8] { tagged(0x30, parts.flatMap(\.self)) }
    static func set(_ parts: [[UInt8]]) -> [UInt8] { tagged(0x31, parts.flatMap(\.self)) }
    static func integer(_ bytes: [UInt8]) -> [UInt8] { tagged(0x02, bytes) }
    static func object(_ bytes: [UInt8]) -> [UInt8] { tagged(0x06, bytes) }
    static func text(_ text: String) -> [UInt8] { tagged(0x0C, Array(text.utf8)) }
    static func bits(_ bytes: [UInt8]) -> [UInt8] { tagged(0x03, [0] + bytes) }

    /// UTCTime: `YYMMDDhhmmssZ`.
    static func moment(_ unixSeconds: Int64) -> [UInt8] {
        let text = Date(timeIntervalSince1970: Double(unixSeconds)).formatted(.iso8601).filter(\.isNumber)
        return tagged(0x17, Array("\(text.dropFirst(2))Z".utf8))
    }

    static func tagged(_ tag: UInt8, _ value: [UInt8]) -> [UInt8] {
        let count = value.count
        if count < 0x80 { return [tag, UInt8(count)] + value }
        if count < 0x100 { return [tag, 0x81, UInt8(count)] + value }
        return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] + value
    }
}
