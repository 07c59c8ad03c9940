import CCurl

/// What a finished transfer means for the caller of a request.
enum HTTPOutcome {
    static func response(of reply: CurlReply, url: WebURL) throws(WebError) -> WebResponse {
        if reply.isCancelled { throw .cancelled(sent: reply.requestBytes > 0) }
        if let address = reply.refusedAddress { throw .refusedAddress(address) }
        if reply.isOverLimit { throw .tooLarge }
        guard reply.code == CURLE_OK else { throw failure(reply) }
        return WebResponse(
            status: reply.status,
            headers: reply.lines.compactMap(header),
            body: reply.body,
            finalURL: url.text
        )
    }

    private static let handshakeFailures: [CURLcode] = [
        CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
        CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
    ]

    private static func failure(_ reply: CurlReply) -> WebError {
        if reply.code == CURLE_OPERATION_TIMEDOUT {
            if reply.requestBytes == 0 { return .timeout(.connecting) }
            return .timeout(reply.lines.isEmpty ? .waiting : .receiving)
        }
        if reply.requestBytes > 0 { return .interrupted(reply.message) }
        if handshakeFailures.contains(reply.code) { return .tls(reply.message) }
        if reply.code == CURLE_URL_MALFORMAT || reply.code == CURLE_UNSUPPORTED_PROTOCOL {
            return .invalidURL(reply.message)
        }
        return .connection(reply.message)
    }

    private static func header(_ line: String) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: colon)...]
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let trimmed = value.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return (String(line[..<colon]), String(trimmed))
    }
}
