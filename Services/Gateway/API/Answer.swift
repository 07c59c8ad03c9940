import HTTPTypes
import Hummingbird

/// What a route gives back.
struct Answer: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    var body: [UInt8] = []
    var mediaType: String? = "application/json"

    static func json(
        _ status: HTTPResponse.Status = .ok,
        capacity: Int = 512,
        _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Answer {
        var writer = JSONWriter(capacity: capacity)
        try write(&writer)
        return Answer(status: status, body: writer.bytes)
    }

    static let noContent = Answer(status: .noContent, mediaType: nil)

    /// 202: the work goes on in a job, to be followed at its address.
    static func accepted(job id: Int64, task: String) -> Answer {
        json(.accepted) { $0.object { $0.acceptedJob(id, task: task) } }
            .with(header: .location, "\(Endpoint.root)jobs/\(id)/")
    }

    func with(header name: HTTPField.Name, _ value: String) -> Answer {
        var copy = self
        copy.headers[name] = value
        return copy
    }

    func adding(header name: HTTPField.Name, _ value: String) -> Answer {
        var copy = self
        copy.headers.append(HTTPField(name: name, value: value))
        return copy
    }

    func response() -> Response {
        var headers = headers
        if let mediaType { headers[.contentType] = mediaType }
        return Response(
            status: status,
            headers: headers,
            body: body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}

extension JSONWriter {
    /// The member `job` of a 202.
    mutating func acceptedJob(_ id: Int64, task: String) {
        key("job")
        object { writer in
            writer.member("id", id)
            writer.member("task", task)
            writer.member("status", "queued")
            writer.member("url", "\(Endpoint.root)jobs/\(id)/")
        }
    }
}
