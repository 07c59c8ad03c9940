import CCurl
import CCurlShim

/// One hop of a request, set up for libcurl.
struct HTTPWork: CurlWork {
    let request: WebRequest
    let url: WebURL
    /// The addresses that were checked; nil for a hop that is not guarded.
    let pins: [IPAddress]?
    let exceptions: Set<IPAddress>
    let timeout: Duration
    private let headerLines: [String]

    init(
        request: WebRequest,
        url: WebURL,
        pins: [IPAddress]?,
        exceptions: Set<IPAddress>,
        userAgent: String,
        timeout: Duration
    ) throws(WebError) {
        self.request = request
        self.url = url
        self.pins = pins
        self.exceptions = exceptions
        self.timeout = timeout
        self.headerLines = try HeaderLines.lines(of: request, userAgent: userAgent)
    }

    func configure(_ transfer: CurlTransfer) {
        transfer.set(CURLOPT_URL, url.text)
        transfer.set(CURLOPT_PROTOCOLS_STR, "http,https")
        transfer.set(CURLOPT_FOLLOWLOCATION, 0)
        transfer.set(CURLOPT_PROXY, "")
        transfer.set(CURLOPT_ACCEPT_ENCODING, "")
        transfer.set(CURLOPT_HTTPHEADER, list: headerLines)
        transfer.setTimeouts(total: timeout, connect: request.connectTimeout)
        transfer.maximumBodyBytes = request.maximumBodyBytes
        setMethod(transfer)
        // libcurl sends a request again by itself when a kept connection turns out to be dead, and cannot know whether
        // the server had already acted on it: what may not be repeated goes over a new connection.
        if !request.isIdempotent { transfer.set(CURLOPT_FRESH_CONNECT, 1) }
        guard let pins else { return }
        let addresses = pins.map(\.inURL).joined(separator: ",")
        if !url.isAddress { transfer.set(CURLOPT_RESOLVE, list: ["+\(url.host):\(url.port):\(addresses)"]) }
        let exceptions = exceptions
        transfer.mayConnect = { AddressGuard.isPublic($0) || exceptions.contains($0) }
    }

    private func setMethod(_ transfer: CurlTransfer) {
        switch (request.method, request.body) {
        case (.get, nil): transfer.set(CURLOPT_HTTPGET, 1)
        case (.head, _): transfer.set(CURLOPT_NOBODY, 1)
        case (let method, let body):
            if body != nil || [.post, .put, .patch].contains(method) { transfer.setBody(body ?? []) }
            transfer.set(CURLOPT_CUSTOMREQUEST, method.rawValue)
        }
    }
}
