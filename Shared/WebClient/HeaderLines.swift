/// The headers of a request in libcurl's form, refused where they would break out of their line.
enum HeaderLines {
    static func lines(of request: WebRequest, userAgent: String) throws(WebError) -> [String] {
        guard isToken(request.method.rawValue) else { throw .invalidRequest("its method is no word") }
        var lines: [String] = []
        for (name, value) in request.headers {
            guard isToken(name) else { throw .invalidRequest("a header's name is no word") }
            guard !value.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else {
                throw .invalidRequest("the header \(name) holds a line break")
            }
            // A colon without a value would remove the header, a semicolon sends it empty.
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        if request.header("User-Agent") == nil { lines.append("User-Agent: \(userAgent)") }
        // libcurl would invent these two.
        if request.header("Expect") == nil { lines.append("Expect:") }
        if request.header("Content-Type") == nil { lines.append("Content-Type:") }
        return lines
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
