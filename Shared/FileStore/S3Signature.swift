import Crypto
import DomainModel
import Foundation

/// AWS Signature Version 4 for S3 (spec 5 §9): in headers, and in the query of a link that is signed beforehand.
struct S3Signature: Sendable {
    let accessKey: String
    let secretKey: String
    /// Of temporary credentials.
    var sessionToken: String?
    let region: String

    /// SHA-256 of nothing.
    static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// The headers to add to a request, `Authorization` among them.
    /// - Parameters:
    ///   - path: unencoded, with a slash at its beginning.
    ///   - headers: what else is signed, with names in lower case.
    ///   - payload: hexadecimal SHA-256 of the body.
    func headers(
        _ method: String,
        host: String,
        path: String,
        headers: [String: String] = [:],
        payload: String,
        at moment: UnixSeconds
    ) -> [(name: String, value: String)] {
        let stamp = Self.stamp(moment)
        var added = [("x-amz-content-sha256", payload), ("x-amz-date", stamp)]
        if let sessionToken { added.append(("x-amz-security-token", sessionToken)) }
        let signed = headers.merging(added) { $1 }.merging(["host": host]) { $1 }
        let request = Self.canonical(method, path: path, query: [:], headers: signed, payload: payload)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope(stamp)),SignedHeaders=\(request.names),"
            + "Signature=\(sign(request.text, stamp))"
        return added.map { (name: $0.0, value: $0.1) } + [(name: "Authorization", value: authorization)]
    }

    /// The query of a GET that anybody may send until it expires.
    func query(
        host: String,
        path: String,
        seconds: Int,
        parameters: [String: String] = [:],
        at moment: UnixSeconds
    ) -> String {
        let stamp = Self.stamp(moment)
        var query = parameters
        query["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256"
        query["X-Amz-Credential"] = "\(accessKey)/\(scope(stamp))"
        query["X-Amz-Date"] = stamp
        query["X-Amz-Expires"] = String(seconds)
        query["X-Amz-SignedHeaders"] = "host"
        query["X-Amz-Security-Token"] = sessionToken
        let request = Self.canonical(
            "GET",
            path: path,
            query: query,
            headers: ["host": host],
            payload: "UNSIGNED-PAYLOAD"
        )
        return Self.encoded(query) + "&X-Amz-Signature=\(sign(request.text, stamp))"
    }

    /// What is signed, and the names of the headers in it.
    static func canonical(
        _ method: String,
        path: String,
        query: [String: String],
        headers: [String: String],
        payload: String
    ) -> (text: String, names: String) {
        let sorted = headers.sorted { $0.key < $1.key }
        let names = sorted.map(\.key).joined(separator: ";")
        let lines = sorted.map { "\($0.key):\($0.value.trimmingCharacters(in: .whitespaces))\n" }.joined()
        let text = [method, encode(path, keeping: "/"), encoded(query), lines, names, payload].joined(separator: "\n")
        return (text, names)
    }

    /// Everything but letters, digits and `-_.~`, by its bytes.
    static func encode(_ text: String, keeping kept: String = "") -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                encoded.append(Character(UnicodeScalar(byte)))
            case _ where kept.utf8.contains(byte): encoded.append(Character(UnicodeScalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// Encoded first, then sorted by their bytes, as AWS does.
    private static func encoded(_ query: [String: String]) -> String {
        query.map { (encode($0.key), encode($0.value)) }.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    private func scope(_ stamp: String) -> String { "\(stamp.prefix(8))/\(region)/s3/aws4_request" }

    private func sign(_ request: String, _ stamp: String) -> String {
        let digest = Self.hexadecimal(SHA256.hash(data: Data(request.utf8)))
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope(stamp))\n\(digest)"
        var key = SymmetricKey(data: Data("AWS4\(secretKey)".utf8))
        for part in [String(stamp.prefix(8)), region, "s3", "aws4_request"] {
            key = SymmetricKey(data: Data(HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key)))
        }
        return Self.hexadecimal(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        ContentHash(bytes: Array(bytes))?.hex ?? ""
    }

    /// `20130524T000000Z`
    static func stamp(_ moment: UnixSeconds) -> String {
        let day = CalendarDay(daysSinceEpoch: Int(moment / 86_400))
        let second = Int(moment % 86_400)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return
            "\(day.year)\(two(day.month))\(two(day.day))T\(two(second / 3_600))\(two(second / 60 % 60))\(two(second % 60))Z"
    }
}
