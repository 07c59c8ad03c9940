import HTTPTypes
import Hummingbird

/// An answer that is an error, as RFC 9457 writes it. `errors` names each wrong field and what was expected there.
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    var type: String
    var title: String
    var detail: String
    var errors: [String: String] = [:]
    /// Members beyond RFC 9457's, such as the level a gate needs.
    var members: [String: JSON] = [:]
    var headers: HTTPFields = [:]

    init(
        _ status: HTTPResponse.Status,
        _ type: String,
        _ title: String,
        _ detail: String,
        errors: [String: String] = [:],
        members: [String: JSON] = [:],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.errors = errors
        self.members = members
        self.headers = headers
    }

    func response(requestID: String) -> Response {
        Response(
            status: status,
            headers: documentHeaders,
            body: .init(byteBuffer: ByteBuffer(bytes: document(requestID: requestID)))
        )
    }

    var documentHeaders: HTTPFields {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return headers
    }

    /// The document itself, as JSON.
    func document(requestID: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("type", "urn:igny8:problem:" + type)
            writer.member("title", title)
            writer.member("status", status.code)
            writer.member("detail", detail)
            writer.member("instance", requestID)
            if !errors.isEmpty {
                writer.key("errors")
                writer.value(.object(errors.mapValues { .string($0) }))
            }
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                writer.key(name)
                writer.value(value)
            }
        }
        return writer.bytes
    }
}
