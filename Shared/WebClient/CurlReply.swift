import CCurl

/// What is known when a transfer has ended, however it ended.
struct CurlReply: Sendable {
    var code = CURLE_OK
    var isCancelled = false
    /// The last status of HTTP or SMTP; 0 when there was none.
    var status = 0
    /// Status line and headers of the last head, or the lines an SMTP server said.
    var lines: [String] = []
    var body: [UInt8] = []
    /// Bytes of the request that were handed to the network.
    var requestBytes = 0
    /// The answer passed a limit of ours.
    var isOverLimit = false
    /// Everything that was to be uploaded has been handed over.
    var isUploaded = false
    /// The guard's reason.
    var refusedAddress: String?

    /// libcurl's words for its code.
    var message: String { String(cString: curl_easy_strerror(code)) }
}

/// How a transfer is set up: a value that crosses to the loop's thread and configures a handle there.
protocol CurlWork: Sendable {
    func configure(_ transfer: CurlTransfer)
}
