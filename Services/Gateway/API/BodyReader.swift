import HTTPTypes
import Hummingbird
import NIOCore

/// Reads a body within its limit and holds it against the route's schema.
struct BodyReader {
    let endpoint: Endpoint

    /// The raw bytes, and the value where the route reads JSON.
    func read(_ request: Request) async throws -> (bytes: [UInt8], value: JSON) {
        guard endpoint.uploads.isEmpty else { return ([], .null) }
        guard endpoint.body != nil || !endpoint.readsJSON else {
            return try await nothing(request)
        }
        if endpoint.readsJSON, !Self.isJSON(request.headers[.contentType]) { throw Problem.unsupportedMediaType }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > endpoint.bodyLimit {
            throw Problem.tooLarge(endpoint.bodyLimit)
        }
        let bytes: [UInt8]
        do {
            bytes = Array(buffer: try await request.body.collect(upTo: endpoint.bodyLimit))
        } catch is NIOTooManyBytesError {
            throw Problem.tooLarge(endpoint.bodyLimit)
        }
        guard endpoint.readsJSON, let schema = endpoint.body else { return (bytes, .null) }
        let value: JSON
        do {
            value = try JSONReader.read(bytes)
        } catch {
            throw Problem.malformed("The body is not JSON: \(error.reason).")
        }
        let errors = schema.check(value)
        guard errors.isEmpty else { throw Problem.invalid(errors) }
        return (bytes, value)
    }

    /// A POST without a schema may come empty or as an empty object, nothing else.
    private func nothing(_ request: Request) async throws -> (bytes: [UInt8], value: JSON) {
        guard request.method != .get, request.method != .head else { return ([], .null) }
        let limit = 1024
        guard let buffer = try? await request.body.collect(upTo: limit) else { throw Problem.tooLarge(limit) }
        let bytes = Array(buffer: buffer)
        guard !bytes.isEmpty else { return ([], .null) }
        guard Self.isJSON(request.headers[.contentType]) else { throw Problem.unsupportedMediaType }
        guard let value = try? JSONReader.read(bytes) else { throw Problem.malformed("The body is not JSON.") }
        guard value == .emptyObject else { throw Problem.invalid("body", "no body, or an empty object") }
        return (bytes, value)
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let parts = contentType.lowercased().split(separator: ";")
        guard let type = parts.first?.trimmed, type == "application/json" || type == "application/merge-patch+json"
        else {
            return false
        }
        return parts.dropFirst().allSatisfy { $0.trimmed == "charset=utf-8" || !$0.trimmed.hasPrefix("charset") }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self.drop(while: { $0 == " " })
        while text.last == " " { text.removeLast() }
        return text
    }
}
