/// The server's side of one SMTP conversation (RFC 5321), without a socket: a line goes in, what to do comes out.
struct SMTPSession: Sendable {
    enum Action: Hashable, Sendable {
        case reply(String)
        /// Ask the post office whether it takes mail for this address; `answered` goes on.
        case checkRecipient(String)
        /// The message is whole: store it, then `stored` goes on.
        case deliver(Envelope)
        case close(String)
    }

    struct Envelope: Hashable, Sendable {
        var sender: String
        var recipients: [String]
        var message: [UInt8]
    }

    private enum State: Hashable, Sendable {
        case greeted
        case authenticating(Challenge)
        case ready
        case sender(String)
        case recipients(String, [String])
        case data(String, [String])
    }

    private enum Challenge: Hashable, Sendable {
        case plain, user, password
    }

    /// Enough for a report with its PDF; a line longer than that is no mail.
    static let largestMessage = 32 * 1024 * 1024

    private var state = State.greeted
    private var message: [UInt8] = []
    private var isTooLarge = false

    static let greeting = "220 igny8-sandbox ESMTP, mail goes no further"

    /// One line without its CRLF.
    mutating func receive(_ line: [UInt8]) -> [Action] {
        if case .data(let sender, let recipients) = state { return collect(line, sender, recipients) }
        if case .authenticating(let challenge) = state { return authenticate(line, challenge) }
        let text = String(decoding: line, as: UTF8.self)
        let verb = text.prefix { $0 != " " }.uppercased()
        let rest = text.dropFirst(verb.count).drop { $0 == " " }
        switch verb {
        case "EHLO":
            state = .ready
            return [
                .reply("250-igny8-sandbox"), .reply("250-AUTH PLAIN LOGIN"), .reply("250-8BITMIME"),
                .reply("250-SMTPUTF8"), .reply("250 SIZE \(Self.largestMessage)"),
            ]
        case "HELO":
            state = .ready
            return [.reply("250 igny8-sandbox")]
        case "AUTH": return beginAuthentication(rest)
        case "MAIL": return begin(rest)
        case "RCPT": return add(rest)
        case "DATA": return beginData()
        case "RSET":
            if state != .greeted { state = .ready }
            return [.reply("250 OK")]
        case "NOOP": return [.reply("250 OK")]
        case "VRFY": return [.reply("252 Send it and see")]
        case "QUIT": return [.close("221 Bye")]
        case "STARTTLS": return [.reply("454 TLS not available")]
        default: return [.reply("500 Command not recognized")]
        }
    }

    // MARK: Authentication: whoever asks is let in, for there is nothing to guard.

    private mutating func beginAuthentication(_ rest: Substring) -> [Action] {
        guard state == .ready else { return [.reply("503 EHLO first")] }
        let words = rest.split(separator: " ")
        switch (words.first?.uppercased(), words.count) {
        case ("PLAIN", 2): return [.reply("235 Authenticated")]
        case ("PLAIN", 1):
            state = .authenticating(.plain)
            return [.reply("334 ")]
        case ("LOGIN", 2):
            state = .authenticating(.password)
            return [.reply("334 UGFzc3dvcmQ6")]
        case ("LOGIN", 1):
            state = .authenticating(.user)
            return [.reply("334 VXNlcm5hbWU6")]
        default: return [.reply("504 Authentication mechanism not supported")]
        }
    }

    private mutating func authenticate(_ line: [UInt8], _ challenge: Challenge) -> [Action] {
        if line == [UInt8(ascii: "*")] {
            state = .ready
            return [.reply("501 Authentication cancelled")]
        }
        if challenge == .user {
            state = .authenticating(.password)
            return [.reply("334 UGFzc3dvcmQ6")]
        }
        state = .ready
        return [.reply("235 Authenticated")]
    }

    // MARK: The envelope

    private mutating func begin(_ rest: Substring) -> [Action] {
        guard state == .ready else {
            return [.reply(state == .greeted ? "503 EHLO first" : "503 A mail is already begun")]
        }
        guard let sender = Self.path(rest, after: "FROM:") else { return [.reply("501 Syntax: MAIL FROM:<address>")] }
        state = .sender(sender)
        return [.reply("250 OK")]
    }

    private func add(_ rest: Substring) -> [Action] {
        switch state {
        case .sender, .recipients: break
        default: return [.reply("503 MAIL first")]
        }
        guard let address = Self.path(rest, after: "TO:"), !address.isEmpty else {
            return [.reply("501 Syntax: RCPT TO:<address>")]
        }
        return [.checkRecipient(address)]
    }

    /// The post office's word on an address: a refusal to send, or nil.
    mutating func answered(_ address: String, refusal: String?) -> [Action] {
        if let refusal { return [.reply(refusal)] }
        switch state {
        case .sender(let sender): state = .recipients(sender, [address])
        case .recipients(let sender, let others): state = .recipients(sender, others + [address])
        default: return [.reply("503 MAIL first")]
        }
        return [.reply("250 OK")]
    }

    /// `<a@b>` of `FROM:<a@b> SIZE=12`; the empty path is the null sender.
    private static func path(_ text: Substring, after word: String) -> String? {
        guard text.uppercased().hasPrefix(word) else { return nil }
        let rest = text.dropFirst(word.count).drop { $0 == " " }
        guard rest.first == "<", let end = rest.firstIndex(of: ">") else { return nil }
        let address = rest[rest.index(after: rest.startIndex)..<end]
        guard address.isEmpty || (address.contains("@") && !address.contains(" ")) else { return nil }
        return String(address)
    }

    // MARK: The message

    private mutating func beginData() -> [Action] {
        guard case .recipients(let sender, let recipients) = state else { return [.reply("503 RCPT first")] }
        state = .data(sender, recipients)
        message = []
        isTooLarge = false
        return [.reply("354 End data with <CR><LF>.<CR><LF>")]
    }

    private mutating func collect(_ line: [UInt8], _ sender: String, _ recipients: [String]) -> [Action] {
        let dot = UInt8(ascii: ".")
        guard line != [dot] else {
            state = .ready
            if isTooLarge { return [.reply("552 Message too large")] }
            defer { message = [] }
            return [.deliver(Envelope(sender: sender, recipients: recipients, message: message))]
        }
        guard message.count + line.count < Self.largestMessage else {
            isTooLarge = true
            message = []
            return []
        }
        message += line.first == dot ? line.dropFirst() : line[...]
        message += [13, 10]
        return []
    }

    /// The message is kept, or refused with a line of its own.
    func stored(refusal: String?) -> [Action] { [.reply(refusal ?? "250 OK: queued")] }
}
