import HTTPTypes
import Hummingbird
import NIOCore

/// The link corpus, as a publisher's server would answer: `/corpus/{name}` on any host under `.localhost`, `/robots.txt`
/// by the host.
struct CorpusRoutes: Sendable {
    func add(to router: Router<SandboxContext>) {
        router.get("/robots.txt") { request, _ in
            guard let robots = LinkCorpus.robots(of: Self.host(of: request)) else { throw HTTPError(.notFound) }
            return Answers.bytes(Array(robots.text.utf8), type: "text/plain", status: .init(code: robots.status))
        }
        router.get("/corpus/{name}") { request, context in
            guard let page = LinkCorpus.pages[try context.parameters.require("name")] else {
                throw HTTPError(.notFound)
            }
            return try await answer(page, request, context)
        }
    }

    /// The first label of the host that was asked.
    private static func host(of request: Request) -> String {
        String((request.head.authority ?? "").prefix { $0 != "." && $0 != ":" })
    }

    private func answer(_ page: CorpusPage, _ request: Request, _ context: SandboxContext) async throws -> Response {
        let authority = request.head.authority ?? ""
        let port = authority.split(separator: ":").last.map(String.init) ?? ""
        func filled(_ text: String) -> String {
            text.replacing("{origin}", with: "http://\(authority)").replacing("{port}", with: port)
        }
        var headers = HTTPFields()
        for (name, value) in page.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: filled(value)))
        }
        let status = HTTPResponse.Status(code: page.status)
        switch page.behaviour {
        case .plain:
            // Only text of ours has a place to fill.
            var body = page.body
            if page.hasPlaces, let text = String(validating: body, as: UTF8.self) { body = Array(filled(text).utf8) }
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        case .reset:
            await context.channel.resetConnection()
            throw ConnectionCut()
        case .silent:
            try await context.channel.closeFuture.get()
            throw ConnectionCut()
        case .half:
            let half = page.body.prefix(page.body.count / 2)
            return Response(
                status: status,
                headers: headers,
                body: ResponseBody(contentLength: page.body.count) { writer in
                    try await writer.write(ByteBuffer(bytes: half))
                    try await context.channel.close()
                    throw ConnectionCut()
                }
            )
        case .slow:
            return Response(
                status: status,
                headers: headers,
                body: ResponseBody(contentLength: page.body.count) { writer in
                    for byte in page.body {
                        try await writer.write(ByteBuffer(bytes: [byte]))
                        try await Task.sleep(for: .milliseconds(500))
                    }
                    try await writer.finish(nil)
                }
            )
        case .endless:
            let chunk = ByteBuffer(repeating: UInt8(ascii: "a"), count: 64 << 10)
            return Response(
                status: status,
                headers: headers,
                body: ResponseBody(contentLength: 10 << 30) { writer in
                    for _ in 0..<(10 << 30) / (64 << 10) { try await writer.write(chunk) }
                    try await writer.finish(nil)
                }
            )
        }
    }
}
