import EventLoop
import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import WebClient

extension WebClientTests {
    @Suite struct MailTests {}
}

/// 2026-09-17 08:00:00 UTC, a Thursday.
private let morning = Date(timeIntervalSince1970: 1_789_632_000)

private let mail = MailMessage(
    from: MailAddress("billing@igny8.com", name: "IGNY8 Billing"),
    to: MailAddress("anna@client.example", name: "Ánna \"A\" Ždanova"),
    subject: "Invoice № 7",
    text: "Dear Anna,\n.\n.leading dot\nthe sum is 399 €\n",
    html: "<p>Dear Anna, <b>399 €</b></p>",
    messageID: "mail-7@igny8.com",
    date: morning
)

private func withTransport<R>(
    _ url: String,
    username: String? = nil,
    password: String? = nil,
    _ body: (MailTransport) async throws -> R
) async throws -> R {
    let loop = EventLoop(name: "test-mail")
    defer { loop.stop() }
    return try await body(MailTransport(url: url, username: username, password: password, loop: loop))
}

extension WebClientTests.MailTests {
    private func deliver(_ mail: MailMessage, replies: MailSink.Replies = [:]) async throws -> MailSink.Received {
        try await MailSink.run(replies: replies) { sink, server in
            try await withTransport("smtp://127.0.0.1:\(server.port)") { transport in
                let receipt = try await transport.send(mail)
                #expect(receipt.code == 250)
                #expect(receipt.reply.contains("queued as 42"))
            }
            #expect(sink.received.count == 1)
            return try #require(sink.received.first)
        }
    }

    private func failure(replies: MailSink.Replies) async throws -> MailError? {
        try await MailSink.run(replies: replies) { _, server in
            try await withTransport("smtp://127.0.0.1:\(server.port)") { transport in
                await #expect(throws: MailError.self) { try await transport.send(mail, timeout: .seconds(10)) }
            }
        }
    }

    @Test("a mail arrives with its envelope, its headers and both forms")
    func arrives() async throws {
        let received = try await deliver(mail)
        #expect(received.from.hasPrefix("MAIL FROM:<billing@igny8.com>"))
        #expect(received.recipients == ["RCPT TO:<anna@client.example>"])
        let lines = received.data.components(separatedBy: "\r\n")
        #expect(lines.contains("Date: Thu, 17 Sep 2026 08:00:00 +0000"))
        #expect(lines.contains("From: \"IGNY8 Billing\" <billing@igny8.com>"))
        #expect(lines.contains("To: =?utf-8?B?w4FubmEgIkEiIMW9ZGFub3Zh?= <anna@client.example>"))
        #expect(lines.contains("Subject: =?utf-8?B?SW52b2ljZSDihJYgNw==?="))
        #expect(lines.contains("Message-ID: <mail-7@igny8.com>"))
        #expect(lines.contains("Content-Type: multipart/alternative; boundary=\"=_igny8_alternative\""))
        #expect(received.data.contains("\r\n.\r\n.leading dot\r\nthe sum is 399 =E2=82=AC\r\n"))
        #expect(received.data.contains("<p>Dear Anna, <b>399 =E2=82=AC</b></p>"))
    }

    @Test("Python's mail parser reads back what was written")
    func parsed() async throws {
        var mail = mail
        mail.text = "Zeile mit Leerzeichen am Ende \nund " + String(repeating: "sehr lang ", count: 50) + "=3D\n"
        mail.attachments = [
            MailAttachment(filename: "Rechnung № 7.pdf", contentType: "application/pdf", content: Array(0...255)),
            MailAttachment(filename: "plain.txt", contentType: "text/plain", content: Array("abc".utf8)),
        ]
        mail.headers = [("List-Unsubscribe", "<https://igny8.com/u/1>")]
        let received = try await deliver(mail)
        let script = """
            import sys, email, email.policy, json
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            body = lambda kind: m.get_body((kind,)).get_content()
            files = [[a.get_filename(), a.get_content_type(), list(a.get_payload(decode=True))] for a in m.iter_attachments()]
            print(json.dumps([m['subject'], str(m['to']), m['list-unsubscribe'], m.get_content_type(), body('plain'), body('html'), files]))
            """
        let output = try Python.run(script, input: Array(received.data.utf8))
        let values = try #require(try JSONSerialization.jsonObject(with: Data(output)) as? [Any])
        #expect(values[0] as? String == mail.subject)
        #expect((values[1] as? String)?.contains("Ždanova") == true)
        #expect(values[2] as? String == "<https://igny8.com/u/1>")
        #expect(values[3] as? String == "multipart/mixed")
        #expect((values[4] as? String)?.replacing("\r\n", with: "\n") == mail.text)
        #expect((values[5] as? String)?.contains("<b>399 €</b>") == true)
        let files = try #require(values[6] as? [[Any]])
        #expect(files.map { $0[0] as? String } == ["Rechnung № 7.pdf", "plain.txt"])
        #expect(files.first?[2] as? [Int] == Array(0...255))
    }

    @Test("the same mail renders to the same bytes")
    func stable() throws {
        #expect(try mail.rendered() == mail.rendered())
    }

    @Test("no line is longer than 998 bytes, whatever is in the mail")
    func lineLength() throws {
        var mail = mail
        mail.subject = String(repeating: "ü", count: 2_000)
        mail.text = String(repeating: "x", count: 5_000)
        let text = String(decoding: try mail.rendered(), as: UTF8.self)
        #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 998 })
        #expect(!text.replacing("\r\n", with: "").contains("\n"))
    }

    @Test("user and password are given when there are some", arguments: [false, true])
    func signsIn(inURL: Bool) async throws {
        try await MailSink.run { sink, server in
            let url = "smtp://\(inURL ? "us%40er:pass@" : "")127.0.0.1:\(server.port)"
            try await withTransport(url, username: inURL ? nil : "us@er", password: inURL ? nil : "pass") { transport in
                _ = try await transport.send(mail)
            }
            let token = Data("\0us@er\0pass".utf8).base64EncodedString()
            #expect(sink.commands.withLockedValue { $0 }.contains("AUTH PLAIN \(token)"))
        }
    }

    @Test("a refused recipient is refused for good, a busy server for now")
    func refusals() async throws {
        #expect(
            try await failure(replies: ["RCPT": "550 5.1.1 no such user\r\n"])
                == .permanent(code: 550, reply: "550 5.1.1 no such user")
        )
        #expect(
            try await failure(replies: ["RCPT": "451 4.3.0 later\r\n"])
                == .transient(code: 451, reply: "451 4.3.0 later")
        )
        #expect(
            try await failure(replies: ["MAIL": "421 4.7.0 busy\r\n"]) == .transient(code: 421, reply: "421 4.7.0 busy")
        )
    }

    @Test("the verdict on the data is the mail's verdict")
    func verdictOnData() async throws {
        #expect(
            try await failure(replies: [".": "554 5.7.1 spam\r\n"]) == .permanent(code: 554, reply: "554 5.7.1 spam")
        )
        #expect(
            try await failure(replies: [".": "452 4.2.2 full\r\n"]) == .transient(code: 452, reply: "452 4.2.2 full")
        )
    }

    @Test("a connection lost after the whole mail leaves the outcome unknown, one lost before does not")
    func lost() async throws {
        guard case .outcomeUnknown = try await failure(replies: [".": nil]) else {
            Issue.record("after the data it must be unknown")
            return
        }
        for word in ["MAIL", "RCPT", "DATA"] {
            guard case .transient(nil, _) = try await failure(replies: [word: nil]) else {
                Issue.record("before the data it must be transient: \(word)")
                return
            }
        }
    }

    @Test("refused credentials are ours to mend, not the mail's fault")
    func credentials() async throws {
        try await MailSink.run(replies: ["AUTH": "535 5.7.8 no\r\n"]) { _, server in
            try await withTransport("smtp://a:b@127.0.0.1:\(server.port)") { transport in
                let error = await #expect(throws: MailError.self) { try await transport.send(mail) }
                guard case .transient = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test("a server without STARTTLS gets no mail when the URL asks for it")
    func startTLS() async throws {
        try await MailSink.run { sink, server in
            try await withTransport("smtp+starttls://127.0.0.1:\(server.port)") { transport in
                let error = await #expect(throws: MailError.self) { try await transport.send(mail) }
                guard case .transient = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
            #expect(!sink.commands.withLockedValue { $0 }.contains { $0.hasPrefix("MAIL") })
        }
    }

    @Test("nobody listening is for now")
    func nobody() async throws {
        let port = try FreePort.find()
        try await withTransport("smtp://127.0.0.1:\(port)") { transport async throws in
            let error = await #expect(throws: MailError.self) { try await transport.send(mail) }
            guard case .transient(nil, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(
        "an address that would break out of its command is refused",
        arguments: ["a@b\r\nRCPT TO:<c@d>", "a", "@b", "a@", "a@b>", "a b@c", "ü@b", "a@b@c", ""]
    )
    func addresses(address: String) throws {
        #expect(throws: MailError.self) { try MailAddress(address).envelope() }
    }

    @Test("a URL of another kind is refused with a sentence", arguments: ["", "mail.example", "http://a", "smtp://"])
    func urls(url: String) {
        #expect(throws: MailError.self) { try MailServer(url: url, username: nil, password: nil) }
    }

    @Test("a URL gives host, port, security and credentials")
    func reads() throws {
        let plain = try MailServer(url: "smtp://mail.example", username: nil, password: nil)
        #expect(plain.curlURL == "smtp://mail.example:25")
        let secure = try MailServer(url: "smtp+starttls://u:p@mail.example", username: nil, password: nil)
        #expect((secure.port, secure.security, secure.username, secure.password) == (587, .startTLS, "u", "p"))
        let tls = try MailServer(url: "smtps://[::1]", username: "x", password: "y")
        #expect(tls.curlURL == "smtps://[::1]:465")
        #expect((tls.username, tls.password) == ("x", "y"))
    }
}

/// Python's standard library as a second opinion.
private enum Python {
    static func run(_ script: String, input: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try stdin.fileHandleForWriting.close()
        let data = try stdout.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let data else { throw TestSetupError("python3 does not read the mail") }
        return Array(data)
    }
}
