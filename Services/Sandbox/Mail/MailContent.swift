/// What a reader sees of a message: the first text, the first HTML, and the names of what is attached.
struct MailContent: Hashable, Sendable {
    struct Attachment: Codable, Hashable, Sendable {
        var name: String
        var type: String
        var bytes: Int
    }

    var messageID = ""
    var subject = ""
    var from = ""
    var to = ""
    var text = ""
    var html = ""
    var attachments: [Attachment] = []

    init(reading message: [UInt8]) {
        let (header, body) = MailHeader.read(message[...])
        messageID = header["message-id"]?.trimmed ?? ""
        subject = MailEncoding.decodeWords(header["subject"] ?? "")
        from = MailEncoding.decodeWords(header["from"] ?? "")
        to = MailEncoding.decodeWords(header["to"] ?? "")
        collect(header, body, depth: 0)
    }

    private mutating func collect(_ header: MailHeader, _ body: ArraySlice<UInt8>, depth: Int) {
        let (type, parameters) = header.parameters("content-type") ?? ("text/plain", [:])
        if type.hasPrefix("multipart/"), let boundary = parameters["boundary"], depth < 8 {
            for part in Self.parts(of: body, boundary: boundary) {
                let (partHeader, partBody) = MailHeader.read(part)
                collect(partHeader, partBody, depth: depth + 1)
            }
            return
        }
        let bytes = MailEncoding.decode(body, transfer: header["content-transfer-encoding"])
        let (disposition, dispositionParameters) = header.parameters("content-disposition") ?? ("inline", [:])
        let name = dispositionParameters["filename"] ?? parameters["name"]
        if disposition == "attachment" || name != nil {
            let shown = MailEncoding.decodeWords(name ?? "unnamed")
            attachments.append(Attachment(name: shown, type: type, bytes: bytes.count))
        } else if type == "text/html", html.isEmpty {
            html = Self.lines(MailEncoding.text(bytes, charset: parameters["charset"]))
        } else if type == "text/plain", text.isEmpty {
            text = Self.lines(MailEncoding.text(bytes, charset: parameters["charset"]))
        }
    }

    private static func lines(_ text: String) -> String { text.replacing("\r\n", with: "\n") }

    /// The parts between the boundary's lines; preamble and epilogue are dropped.
    private static func parts(of body: ArraySlice<UInt8>, boundary: String) -> [ArraySlice<UInt8>] {
        let marker = Array("--\(boundary)".utf8)
        var parts: [ArraySlice<UInt8>] = []
        var start: Int?
        var line = body.startIndex
        while line < body.endIndex {
            let end = body[line...].firstIndex(of: 10).map { $0 + 1 } ?? body.endIndex
            if body[line..<end].starts(with: marker) {
                if let start { parts.append(body[start..<Self.withoutBreak(body, from: start, to: line)]) }
                start = end
                if body[line..<end].dropFirst(marker.count).starts(with: [45, 45]) { return parts }
            }
            line = end
        }
        if let start, start < body.endIndex { parts.append(body[start...]) }
        return parts
    }

    /// The line break before a boundary belongs to the boundary.
    private static func withoutBreak(_ body: ArraySlice<UInt8>, from start: Int, to end: Int) -> Int {
        var end = end
        if end > start, body[end - 1] == 10 { end -= 1 }
        if end > start, body[end - 1] == 13 { end -= 1 }
        return end
    }
}
