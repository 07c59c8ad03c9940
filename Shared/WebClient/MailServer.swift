import FoundationEssentials

/// Where mails go and how, read from a URL.
struct MailServer: Sendable, Equatable {
    /// How the connection is kept private.
    enum Security: Sendable, Equatable {
        case none, startTLS, tls
    }

    let host: String
    let port: Int
    let security: Security
    let username: String?
    let password: String?

    /// Without a greeting name; each mail greets with its sender's domain.
    var curlURL: String {
        "\(security == .tls ? "smtps" : "smtp")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    init(url: String, username: String?, password: String?) throws(MailError) {
        let words = url.split(separator: "://", maxSplits: 1).map { String($0) }
        guard words.count == 2 else {
            throw .invalid("the mail server's URL has no scheme; expected smtp://, smtp+starttls:// or smtps://")
        }
        switch words[0] {
        case "smtp": self.security = .none
        case "smtp+starttls": self.security = .startTLS
        case "smtps": self.security = .tls
        default:
            throw .invalid("the mail server's URL has the scheme \(words[0]); expected smtp, smtp+starttls or smtps")
        }
        // The rest is read as an http URL, for its parser.
        guard let parts = URLComponents(string: "http://\(words[1])"), let host = parts.host, !host.isEmpty
        else { throw .invalid("the mail server's URL names no host; expected \(words[0])://host:port") }
        let usual = [Security.none: 25, .startTLS: 587, .tls: 465]
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = parts.port ?? usual[security, default: 25]
        self.username = username ?? parts.user.flatMap { $0.isEmpty ? nil : $0 }
        self.password = password ?? parts.password
    }
}
