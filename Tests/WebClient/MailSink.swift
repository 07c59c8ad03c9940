import NIOConcurrencyHelpers
import NIOCore

/// An SMTP server of a test: keeps what it takes and can be told to refuse, drop or fall silent.
final class MailSink: Sendable {
    struct Received: Sendable {
        var from = ""
        var recipients: [String] = []
        var data = ""
    }

    /// What to say instead of the usual reply to a command (its first word; `.` is the end of the data); nil hangs up.
    typealias Replies = [String: String?]

    let commands = NIOLockedValueBox<[String]>([])
    private let mails = NIOLockedValueBox<[Received]>([])
    private let replies: Replies

    var received: [Received] { mails.withLockedValue { $0 } }

    private init(replies: Replies) { self.replies = replies }

    static func run<R: Sendable>(
        replies: Replies = [:],
        _ body: (MailSink, RawServer) async throws -> R
    ) async throws -> R {
        let sink = MailSink(replies: replies)
        return try await RawServer.run { inbound, outbound in
            try await sink.serve(&inbound, outbound)
        } _: { server in
            try await body(sink, server)
        }
    }

    private func serve(_ inbound: inout RawServer.Inbound.AsyncIterator, _ outbound: RawServer.Outbound) async throws {
        var reader = Lines()
        var mail = Received()
        try await outbound.write("220 sink ESMTP\r\n")
        while let line = try await reader.next(&inbound) {
            commands.withLockedValue { $0.append(line) }
            let word = String(line.split(separator: " ").first ?? "").uppercased()
            var usual = "250 OK\r\n"
            switch word {
            case "EHLO": usual = "250-sink\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n"
            case "AUTH": usual = "235 welcome\r\n"
            case "MAIL": mail = Received(from: line)
            case "RCPT": mail.recipients.append(line)
            case "DATA": usual = "354 go on\r\n"
            case "QUIT": usual = "221 bye\r\n"
            default: break
            }
            if let told = replies[word] {
                guard let told else { return }
                try await outbound.write(told)
                if !told.hasPrefix("2"), !told.hasPrefix("3") { continue }
            } else {
                try await outbound.write(usual)
            }
            guard word == "DATA" else { continue }
            while let line = try await reader.next(&inbound), line != "." {
                mail.data += (line.hasPrefix(".") ? String(line.dropFirst()) : line) + "\r\n"
            }
            if let told = replies["."] {
                guard let told else { return }
                try await outbound.write(told)
                continue
            }
            let taken = mail
            mails.withLockedValue { $0.append(taken) }
            try await outbound.write("250 2.0.0 queued as 42\r\n")
        }
    }

    /// Lines that end with CR LF, out of buffers that end anywhere.
    private struct Lines {
        private var pending: [UInt8] = []

        mutating func next(_ inbound: inout RawServer.Inbound.AsyncIterator) async throws -> String? {
            while true {
                if let end = pending.firstIndex(of: 10) {
                    let line = pending[..<end].filter { $0 != 13 }
                    pending.removeSubrange(...end)
                    return String(decoding: line, as: UTF8.self)
                }
                guard let buffer = try await inbound.next(isolation: #isolation) else { return nil }
                pending += Array(buffer.readableBytesView)
            }
        }
    }
}
