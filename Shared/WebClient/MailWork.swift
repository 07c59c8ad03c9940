import CCurl
import CCurlShim

/// One mail, set up for libcurl.
struct MailWork: CurlWork {
    let server: MailServer
    let from: String
    let to: String
    let message: [UInt8]
    let timeout: Duration

    func configure(_ transfer: CurlTransfer) {
        // What EHLO says: the sender's domain.
        let greeting = from.split(separator: "@").last.map(String.init) ?? "localhost"
        transfer.set(CURLOPT_URL, "\(server.curlURL)/\(greeting)")
        transfer.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        transfer.set(CURLOPT_PROXY, "")
        if server.security == .startTLS { transfer.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let username = server.username {
            transfer.set(CURLOPT_USERNAME, username)
            transfer.set(CURLOPT_PASSWORD, server.password ?? "")
            transfer.set(CURLOPT_SASL_IR, 1)
        }
        transfer.set(CURLOPT_MAIL_FROM, "<\(from)>")
        transfer.set(CURLOPT_MAIL_RCPT, list: ["<\(to)>"])
        transfer.upload = message
        transfer.set(CURLOPT_UPLOAD, 1)
        transfer.set(CURLOPT_INFILESIZE_LARGE, offset: message.count)
        transfer.setTimeouts(total: timeout, connect: .seconds(5))
        transfer.maximumBodyBytes = 64 << 10
        // A kept connection may have been closed by the server meanwhile, which looks like a refusal.
        transfer.set(CURLOPT_FRESH_CONNECT, 1)
        transfer.set(CURLOPT_FORBID_REUSE, 1)
    }
}
