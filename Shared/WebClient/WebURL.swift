import CCurl

/// A URL as libcurl reads it: checks and the transfer share one parser, so that they cannot differ.
struct WebURL: Sendable, Equatable {
    let text: String
    let scheme: String
    /// Lower case, punycode, without brackets, without a trailing dot's meaning changed.
    let host: String
    let port: Int

    var isAddress: Bool { IPAddress(host) != nil }

    /// Scheme, host and port: what credentials are for.
    func hasOrigin(of other: WebURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// An absolute URL, or one relative to `base`.
    init(_ text: String, relativeTo base: WebURL? = nil) throws(WebError) {
        guard let handle = curl_url() else { throw .invalidURL("out of memory") }
        defer { curl_url_cleanup(handle) }
        if let base { _ = curl_url_set(handle, CURLUPART_URL, base.text, 0) }
        let code = curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME))
        guard code == CURLUE_OK else { throw .invalidURL(String(cString: curl_url_strerror(code))) }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME), scheme == "http" || scheme == "https" else {
            throw .invalidURL("only http and https are spoken")
        }
        guard let host = part(CURLUPART_HOST, CURLU_PUNYCODE)?.lowercased(), !host.isEmpty else {
            throw .invalidURL("it names no host")
        }
        guard let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) }) else {
            throw .invalidURL("its port is no number")
        }
        // The fragment is not the server's business; the host goes on the wire as it was checked.
        _ = curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
        _ = curl_url_set(handle, CURLUPART_HOST, host, 0)
        guard let whole = part(CURLUPART_URL) else { throw .invalidURL("it cannot be written down again") }
        self.text = whole
        self.scheme = scheme
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = port
    }
}
