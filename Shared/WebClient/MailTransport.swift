public import EventLoop

/// Hands mails to one SMTP server, one recipient per transaction.
public final class MailTransport: Sendable {
    private let session: CurlSession
    private let server: MailServer

    /// - Parameters:
    ///   - url: `smtp://host:port` in the clear, `smtp+starttls://host:587` with STARTTLS or not at all,
    ///     `smtps://host:465` under TLS from the start. A user and a password may stand in it.
    ///   - username: for `AUTH`; before the URL's.
    ///   - password: for `AUTH`; before the URL's.
    ///   - loop: carries the sockets and time-outs.
    public init(url: String, username: String? = nil, password: String? = nil, loop: EventLoop) throws(MailError) {
        self.server = try MailServer(url: url, username: username, password: password)
        self.session = CurlSession(loop: loop)
    }

    /// Sends `mail`; returns when the server has taken it.
    public func send(_ mail: MailMessage, timeout: Duration = .seconds(30)) async throws(MailError) -> MailReceipt {
        let work = MailWork(
            server: server,
            from: try mail.from.envelope(),
            to: try mail.to.envelope(),
            message: try mail.rendered(),
            timeout: timeout
        )
        return try MailOutcome.receipt(of: await session.perform(work))
    }
}
