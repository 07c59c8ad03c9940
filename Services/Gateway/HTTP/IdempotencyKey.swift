import Crypto
import HTTPTypes
import Hummingbird

/// A client's own name for one POST: repeated within 24 h with the same body, it gets the first answer and no second effect.
struct IdempotencyKey: Sendable {
    static let header = HTTPField.Name("Idempotency-Key")!
    static let schema = Schema.string(Text(length: 1...255, format: .visible))
    static let lifetime = "24 hours"

    let key: String
    /// What was asked: method, path and body.
    let fingerprint: [UInt8]

    init?(_ request: Request, body: [UInt8]) throws(Problem) {
        guard let key = request.headers[Self.header] else { return nil }
        guard Self.schema.check(.string(key)).isEmpty else {
            throw .malformed("A header is not as expected.", errors: ["Idempotency-Key": Self.schema.expected])
        }
        self.key = key
        var hash = SHA256()
        hash.update(data: Array("\(request.method.rawValue) \(request.uri.path)\n".utf8))
        hash.update(data: body)
        fingerprint = Array(hash.finalize())
    }
}

extension TextFormat {
    static let visible = TextFormat(name: nil, pattern: "^[!-~]+$", expected: "visible ASCII characters") { text in
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
