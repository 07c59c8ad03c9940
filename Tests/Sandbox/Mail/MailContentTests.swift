import Testing

@testable import Sandbox

@Suite struct MailContentTests {
    private func read(_ lines: String...) -> MailContent {
        MailContent(reading: Array(lines.joined(separator: "\r\n").utf8))
    }

    @Test("text, HTML and an attachment out of nested parts")
    func nested() {
        let mail = read(
            "From: =?utf-8?Q?Al_=C3=B6?= <a@x.example>",
            "To: b@y.example",
            "Message-ID: <1@x>",
            "Subject: =?utf-8?B?UsOpc3Vtw6k=?=",
            " =?utf-8?B?IGRvbmU=?=",
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed;",
            " boundary=\"out er\"",
            "",
            "preamble",
            "--out er",
            "Content-Type: multipart/alternative; boundary=inner",
            "",
            "--inner",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "Gr=C3=BC=",
            "=C3=9Fe",
            "two",
            "--inner",
            "Content-Type: text/html; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
            "PGI+aGk8",
            "L2I+",
            "--inner--",
            "--out er",
            "Content-Type: application/pdf; name=\"report.pdf\"",
            "Content-Disposition: attachment; filename=\"report; final.pdf\"",
            "Content-Transfer-Encoding: base64",
            "",
            "JVBERg==",
            "--out er--",
            "epilogue"
        )
        #expect(mail.subject == "Résumé done")
        #expect(mail.from == "Al ö <a@x.example>")
        #expect(mail.messageID == "<1@x>")
        #expect(mail.text == "Grüße\ntwo")
        #expect(mail.html == "<b>hi</b>")
        #expect(mail.attachments == [.init(name: "report; final.pdf", type: "application/pdf", bytes: 4)])
    }

    @Test("a message without a type is text")
    func plain() {
        let mail = read("Subject: plain", "", "one", "two", "")
        #expect(mail.subject == "plain")
        #expect(mail.text == "one\ntwo\n")
        #expect(mail.html.isEmpty)
    }

    @Test(
        "blanks between words that are not encoded stay",
        arguments: [
            ("a =?utf-8?Q?b?= c", "a b c"), ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"), ("=?utf-8?Q?a=5Fb_c?=", "a_b c"),
            ("no =? word", "no =? word"), ("=?iso-8859-1?Q?=E9?=", "é"),
        ]
    )
    func words(_ encoded: String, _ decoded: String) {
        #expect(MailEncoding.decodeWords(encoded) == decoded)
    }
}
