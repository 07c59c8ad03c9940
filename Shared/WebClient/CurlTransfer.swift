import CCurl
import CCurlShim

/// One easy handle with everything libcurl has pointers to while it is in flight. Lives on the loop's thread.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    var reply = CurlReply()
    /// What is uploaded, and how far it is.
    var upload: [UInt8] = []
    var uploaded = 0
    /// The limits of the answer.
    var maximumBodyBytes = Int.max
    /// Nil lets every address pass.
    var mayConnect: (@Sendable (IPAddress) -> Bool)?
    /// Set when it is to be answered.
    var continuation: CheckedContinuation<CurlReply, Never>?

    /// Status lines, headers and trailers together.
    private static let maximumHeaderBytes = 256 << 10
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var isOverLimit = false
    private var headerBytes = 0

    init?() {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
    }

    deinit {
        curl_easy_cleanup(easy)
        for list in lists { curl_slist_free_all(list) }
    }

    // MARK: Options

    func set(_ option: CURLoption, _ value: String) { curlshim_easy_set_string(easy, option, value) }
    func set(_ option: CURLoption, _ value: Int) { curlshim_easy_set_long(easy, option, value) }
    func set(_ option: CURLoption, offset value: Int) { curlshim_easy_set_offset(easy, option, curl_off_t(value)) }

    func set(_ option: CURLoption, list values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values { list = curl_slist_append(list, value) ?? list }
        guard let list else { return }
        lists.append(list)
        curlshim_easy_set_list(easy, option, list)
    }

    /// The body is copied into libcurl.
    func setBody(_ body: [UInt8]) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
        body.withUnsafeBytes { bytes in
            var nothing: UInt8 = 0
            if let base = bytes.baseAddress {
                curlshim_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, base)
            } else {
                curlshim_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, &nothing)
            }
        }
    }

    func setTimeouts(total: Duration, connect: Duration) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TIMEOUT_MS, max(Int(total / .milliseconds(1)), 1))
        set(CURLOPT_CONNECTTIMEOUT_MS, max(Int(min(connect, total) / .milliseconds(1)), 1))
    }

    /// The callbacks below; `self` is kept by the session while libcurl may call them.
    func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        curlshim_easy_set_write(easy, { CurlTransfer.from($3).takeBody($0, $1 * $2) }, context)
        curlshim_easy_set_header(easy, { CurlTransfer.from($3).takeHeader($0, $1 * $2) }, context)
        curlshim_easy_set_read(easy, { CurlTransfer.from($3).giveUpload($0, $1 * $2) }, context)
        curlshim_easy_set_open_socket(easy, { CurlTransfer.from($0).openSocket($2) }, context)
    }

    /// Takes the last facts from the handle.
    func conclude(_ code: CURLcode) -> CurlReply {
        reply.code = code
        var status = 0
        curlshim_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        reply.status = status
        var sent = 0
        curlshim_easy_get_long(easy, CURLINFO_REQUEST_SIZE, &sent)
        reply.requestBytes = sent
        reply.isOverLimit = isOverLimit
        reply.isUploaded = !upload.isEmpty && uploaded == upload.count
        return reply
    }

    // MARK: Called by libcurl

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
        Unmanaged<CurlTransfer>.fromOpaque(context!).takeUnretainedValue()
    }

    private func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard reply.body.count + count <= maximumBodyBytes else {
            isOverLimit = true
            return 0
        }
        reply.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        headerBytes += count
        guard headerBytes <= Self.maximumHeaderBytes else {
            isOverLimit = true
            return 0
        }
        var line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        while let last = line.last, last.isNewline { line.removeLast() }
        // Each status line (also of 100 Continue) begins a new head.
        if line.hasPrefix("HTTP/") { reply.lines = [] }
        reply.lines.append(line)
        return count
    }

    private func giveUpload(_ buffer: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        guard let buffer else { return 0 }
        let count = min(room, upload.count - uploaded)
        upload.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: buffer, count: room)
                .copyBytes(from: bytes[uploaded..<uploaded + count])
        }
        uploaded += count
        return count
    }

    /// The guard's last word: on the very address that is about to be connected.
    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address else { return -1 }
        if let mayConnect {
            let peer = withUnsafePointer(to: &address.pointee.addr) { IPAddress($0) }
            guard let peer, mayConnect(peer) else {
                reply.refusedAddress = peer.map { "\($0)" } ?? "of an unknown family"
                return -1
            }
        }
        let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, kind, address.pointee.protocol)
    }
}
