import Testing

@testable import Sandbox

@Suite struct SMTPSessionTests {
    private func play(_ session: inout SMTPSession, _ lines: String...) -> [SMTPSession.Action] {
        lines.flatMap { session.receive(Array($0.utf8)) }
    }

    private func replies(_ actions: [SMTPSession.Action]) -> [String] {
        actions.compactMap { if case .reply(let line) = $0 { String(line.prefix(4)) } else { nil } }
    }

    @Test("a whole mail, with AUTH PLAIN that waits for its challenge")
    func wholeMail() {
        var session = SMTPSession()
        #expect(replies(play(&session, "EHLO me")).last == "250 ")
        #expect(replies(play(&session, "AUTH PLAIN", "AHUAcA==")) == ["334 ", "235 "])
        #expect(replies(play(&session, "MAIL FROM:<a@x.example> SIZE=10")) == ["250 "])
        #expect(play(&session, "RCPT TO:<b@y.example>") == [.checkRecipient("b@y.example")])
        #expect(replies(session.answered("b@y.example", refusal: nil)) == ["250 "])
        #expect(replies(play(&session, "DATA")) == ["354 "])
        let actions = play(&session, "Subject: x", "", "..dot", ".", "QUIT")
        let message = Array("Subject: x\r\n\r\n.dot\r\n".utf8)
        #expect(
            actions == [
                .deliver(.init(sender: "a@x.example", recipients: ["b@y.example"], message: message)),
                .close("221 Bye"),
            ]
        )
    }

    @Test("AUTH LOGIN asks for both names, and a star gives up")
    func login() {
        var session = SMTPSession()
        _ = play(&session, "EHLO me")
        #expect(replies(play(&session, "AUTH LOGIN", "dQ==", "cA==")) == ["334 ", "334 ", "235 "])
        #expect(replies(play(&session, "AUTH LOGIN", "*", "AUTH CRAM-MD5")) == ["334 ", "501 ", "504 "])
    }

    @Test("commands out of order are refused")
    func order() {
        var session = SMTPSession()
        #expect(replies(play(&session, "MAIL FROM:<a@x>", "RCPT TO:<b@y>", "DATA")) == ["503 ", "503 ", "503 "])
        _ = play(&session, "EHLO me", "MAIL FROM:<>")
        #expect(
            replies(play(&session, "DATA", "MAIL FROM:<a@x>", "RCPT TO:b@y", "NONSENSE")) == [
                "503 ", "503 ", "501 ", "500 ",
            ]
        )
    }

    @Test("a refused recipient leaves the others")
    func refusedRecipient() {
        var session = SMTPSession()
        _ = play(&session, "EHLO me", "MAIL FROM:<a@x>", "RCPT TO:<no@y>")
        #expect(session.answered("no@y", refusal: "550 no") == [.reply("550 no")])
        #expect(replies(play(&session, "DATA")) == ["503 "])
        _ = play(&session, "RCPT TO:<yes@y>")
        _ = session.answered("yes@y", refusal: nil)
        #expect(replies(play(&session, "DATA")) == ["354 "])
    }

    @Test("RSET forgets the envelope and a second mail may follow")
    func reset() {
        var session = SMTPSession()
        _ = play(&session, "EHLO me", "MAIL FROM:<a@x>")
        #expect(replies(play(&session, "RSET", "MAIL FROM:<b@x>")) == ["250 ", "250 "])
    }
}
