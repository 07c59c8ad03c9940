import CryptoExtras
import Foundation

/// What we need of an X.509 certificate: its RSA key, and when it holds. Whose it is, its address over TLS has told; so no
/// chain is walked, and of the first certificate's DER only what stands before and up to the key is read.
struct SigningCertificate {
    let key: _RSA.Signing.PublicKey
    let validity: Range<Date>

    /// Reads the first certificate of a PEM file.
    init?(pem bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = text.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = text.range(of: "-----END CERTIFICATE-----", range: start.upperBound..<text.endIndex),
            let der = Data(base64Encoded: String(text[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace }))
        else { return nil }
        self.init(der: Array(der))
    }

    private init?(der: [UInt8]) {
        // Certificate → TBSCertificate: [version], serial, algorithm, issuer, validity, subject, key, …
        var file = DERReader(der[...])
        guard var certificate = file.enter(DERReader.sequence), var body = certificate.enter(DERReader.sequence) else {
            return nil
        }
        if body.next == DERReader.version { _ = body.take() }
        guard body.take() != nil, body.take() != nil, body.take() != nil,
            var times = body.enter(DERReader.sequence), let from = times.moment(), let to = times.moment(), from < to,
            body.take() != nil, let key = body.take(),
            let rsa = try? _RSA.Signing.PublicKey(derRepresentation: Array(key))
        else { return nil }
        self.key = rsa
        validity = from..<to
    }
}

/// Walks over DER: one tag of one byte, one length, one value after the other.
struct DERReader {
    static let sequence: UInt8 = 0x30
    /// `[0]`, constructed.
    static let version: UInt8 = 0xA0

    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The tag of what comes.
    var next: UInt8? { bytes.first }

    /// What comes next, tag and length included.
    mutating func take() -> ArraySlice<UInt8>? {
        guard let (_, end) = element() else { return nil }
        let whole = bytes[bytes.startIndex..<end]
        bytes = bytes[end...]
        return whole
    }

    /// A reader of what lies inside what comes next.
    mutating func enter(_ tag: UInt8) -> DERReader? {
        guard next == tag, let (value, end) = element() else { return nil }
        let inside = bytes[value..<end]
        bytes = bytes[end...]
        return DERReader(inside)
    }

    /// A UTCTime of the years 1950 to 2049, or a GeneralizedTime.
    mutating func moment() -> Date? {
        guard let tag = next, tag == 0x17 || tag == 0x18, let (value, end) = element() else { return nil }
        var text = String(decoding: bytes[value..<end], as: UTF8.self)
        bytes = bytes[end...]
        if tag == 0x17 { text = (text < "50" ? "20" : "19") + text }
        guard text.utf8.count == 15, text.hasSuffix("Z") else { return nil }
        let parts = [(0, 4), (4, 2), (6, 2), (8, 2), (10, 2), (12, 2)].map { start, count in
            Int(text.dropFirst(start).prefix(count)) ?? -1
        }
        guard !parts.contains(-1) else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(
            from: DateComponents(
                year: parts[0],
                month: parts[1],
                day: parts[2],
                hour: parts[3],
                minute: parts[4],
                second: parts[5]
            )
        )
    }

    /// Where the value of what comes begins, and where it ends.
    private func element() -> (value: Int, end: Int)? {
        var index = bytes.startIndex + 1
        guard index < bytes.endIndex else { return nil }
        var length = Int(bytes[index])
        index += 1
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...3).contains(count), index + count <= bytes.endIndex else { return nil }
            length = bytes[index..<index + count].reduce(0) { $0 << 8 | Int($1) }
            index += count
        }
        guard index + length <= bytes.endIndex else { return nil }
        return (index, index + length)
    }
}
