import DomainModel
import Foundation
import WebClient

/// Files in a bucket of an S3-compatible store, addressed by path: `https://host/bucket/prefix/ab/abcd…`.
///
/// Its address is the operator's configuration and usually private: requests pass no address guard, and follow no redirect.
struct S3Store: FileStore {
    let web: WebClient
    let signature: S3Signature
    /// Scheme and authority, without a slash at its end.
    let endpoint: String
    /// As the `Host` header has it.
    let host: String
    /// `/bucket` and the prefix, without a slash at its end.
    let root: String
    /// Machine time.
    let clock: @Sendable () -> UnixSeconds

    func put(_ hash: ContentHash, _ bytes: [UInt8], type: String) async throws(FileStoreError) {
        guard ContentHash(of: bytes) == hash else { throw .mismatch(hash) }
        let answer = try await send(.put, hash, headers: ["content-type": type], body: bytes, payload: hash.hex)
        guard (200..<300).contains(answer.status) else { throw Self.failure(answer) }
    }

    func get(_ hash: ContentHash) async throws(FileStoreError) -> [UInt8] {
        let answer = try await send(.get, hash)
        if answer.status == 404, Self.code(answer) == "NoSuchKey" { throw .missing(hash) }
        guard answer.status == 200 else { throw Self.failure(answer) }
        guard ContentHash(of: answer.body) == hash else { throw .damaged(hash) }
        return answer.body
    }

    func has(_ hash: ContentHash) async throws(FileStoreError) -> Bool {
        let answer = try await send(.head, hash)
        if answer.status == 404 { return false }
        guard answer.status == 200 else { throw Self.failure(answer) }
        return true
    }

    func link(to hash: ContentHash, name: String, type: String, seconds: Int, now: UnixSeconds) -> String? {
        let path = path(of: hash)
        let query = signature.query(
            host: host,
            path: path,
            seconds: min(max(seconds, 1), 604_800),
            parameters: [
                "response-content-disposition": "attachment; filename*=UTF-8''\(S3Signature.encode(name))",
                "response-content-type": type,
            ],
            at: now
        )
        return endpoint + S3Signature.encode(path, keeping: "/") + "?" + query
    }

    private func path(of hash: ContentHash) -> String { "\(root)/\(hash.hex.prefix(2))/\(hash.hex)" }

    private func send(
        _ method: WebMethod,
        _ hash: ContentHash,
        headers: [String: String] = [:],
        body: [UInt8]? = nil,
        payload: String = S3Signature.emptyPayload
    ) async throws(FileStoreError) -> WebResponse {
        let path = path(of: hash)
        let signed = signature.headers(
            method.rawValue,
            host: host,
            path: path,
            headers: headers,
            payload: payload,
            at: clock()
        )
        let request = WebRequest(
            method: method,
            url: endpoint + S3Signature.encode(path, keeping: "/"),
            headers: headers.map { (name: $0.key, value: $0.value) } + signed,
            body: body,
            maximumBodyBytes: 64 << 20,
            retry: .idempotent(attempts: 3),
            guardAddresses: false,
            maximumRedirects: 0
        )
        do throws(WebError) {
            return try await web.send(request)
        } catch { throw .unavailable(error.description) }
    }

    /// What the answer's XML says: `SignatureDoesNotMatch`, `NoSuchBucket`.
    private static func code(_ answer: WebResponse) -> String? {
        let text = answer.text
        guard let start = text.range(of: "<Code>"), let end = text.range(of: "</Code>"),
            start.upperBound <= end.lowerBound
        else { return nil }
        return String(text[start.upperBound..<end.lowerBound].prefix(100))
    }

    private static func failure(_ answer: WebResponse) -> FileStoreError {
        let reason = code(answer).map { "\(answer.status) \($0)" } ?? "\(answer.status)"
        switch answer.status {
        case 408, 409, 429, 500...: return .unavailable(reason)
        default: return .refused(reason)
        }
    }
}
