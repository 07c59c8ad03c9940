import HTTPTypes
import Hummingbird
import NIOCore

/// Answers that are none: what a provider's proxy, a broken cache or an attacker sends in its stead.
extension Fault {
    /// The answer that comes instead; nil where the fault does not concern the answer.
    func spoil(_ answer: Response, _ context: SandboxContext) async throws -> Response? {
        switch kind {
        case .garbage:
            let body = ByteBuffer(string: "<html>\u{0}{\"truncated\": [1, 2,, \u{FFFD}")
            return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
        case .halfBody:
            return Self.halved(answer)
        case .redirectInside:
            return Response(status: .found, headers: [.location: "http://169.254.169.254/latest/meta-data/"])
        case .endlessBody:
            return Response(status: .ok, headers: [.contentType: "application/json"], body: Self.endless)
        default:
            return nil
        }
    }

    /// Says how long the answer is, sends half of it, and falls silent for good.
    private static func halved(_ answer: Response) -> Response {
        let length = answer.body.contentLength ?? 0
        let body = ResponseBody(contentLength: max(length, 2)) { writer in
            try await writer.write(ByteBuffer(repeating: UInt8(ascii: " "), count: max(length, 2) / 2))
            throw ConnectionCut()
        }
        return Response(status: answer.status, headers: answer.headers, body: body)
    }

    /// Ten gigabytes, for whoever takes them.
    private static let endless = ResponseBody { writer in
        let piece = ByteBuffer(repeating: UInt8(ascii: "["), count: 1 << 20)
        for _ in 0..<10_240 { try await writer.write(piece) }
        try await writer.finish(nil)
    }
}
