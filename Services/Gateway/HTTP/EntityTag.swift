import Crypto
import HTTPTypes
import Hummingbird

/// A strong validator made of the representation itself: two answers with the same tag are the same bytes.
enum EntityTag {
    /// How long a field of tags may be, in characters: room for three of ours.
    static let lengths = 1...100

    static func of(_ body: [UInt8]) -> String {
        "\""
            + SHA256.hash(data: body).prefix(12).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined() + "\""
    }

    /// Whether a field of tags (`If-Match`, `If-None-Match`) names this one. A weak tag never matches `If-Match`.
    static func matches(_ field: String, _ tag: String, weakly: Bool) -> Bool {
        field.split(separator: ",").contains { candidate in
            var candidate = candidate.drop(while: { $0 == " " })
            while candidate.last == " " { candidate.removeLast() }
            if candidate == "*" { return true }
            if weakly, candidate.hasPrefix("W/") { candidate = candidate.dropFirst(2) }
            return candidate == tag
        }
    }
}

extension Answer {
    /// Adds the tag; a client that has this very version gets 304 without the body.
    func tagged(for headers: HTTPFields) -> Answer {
        let tag = EntityTag.of(body)
        if let known = headers[.ifNoneMatch], EntityTag.matches(known, tag, weakly: true) {
            return Answer(status: .notModified, headers: [.eTag: tag], mediaType: nil)
        }
        return with(header: .eTag, tag)
    }
}

extension TextFormat {
    static let entityTag = TextFormat(name: nil, pattern: nil, expected: "an ETag as it was given") { _ in true }
}
