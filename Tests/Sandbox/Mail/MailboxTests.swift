import Foundation
import TestSupport
import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(2))) struct MailboxTests {
    private func mail(to recipient: String, id: String, subject: String = "Grüße") -> MailMessage {
        MailMessage(
            from: MailAddress("service@alorig.example", name: "Alörig"),
            to: MailAddress(recipient),
            subject: subject,
            text: "Hello\n.\n..dots and ünïcode",
            html: "<p>Hello</p>",
            messageID: id,
            date: Date(timeIntervalSince1970: 1_790_000_000)
        )
    }

    private func transport(_ sandbox: RunningSandbox) throws -> MailTransport {
        try MailTransport(
            url: "smtp://127.0.0.1:\(sandbox.smtpPort)",
            username: "user",
            password: "secret",
            loop: TestDatabase.loop
        )
    }

    @Test("what was sent can be read, dots and umlauts included, at business time")
    func read() async throws {
        try await RunningSandbox.start { sandbox in
            _ = try await sandbox.json(.post, "/clock/", #"{"freeze": "2026-09-17T08:00:00Z"}"#)
            _ = try await transport(sandbox).send(mail(to: "client@x.example", id: "1@alorig.example"))
            let box = try await sandbox.send(.get, "/mailbox/?to=client@x.example")
            #expect(box.count("") == 1)
            #expect(box.text("0.subject") == "Grüße")
            #expect(box.text("0.text")?.contains("Hello\n.\n..dots and ünïcode") == true)
            #expect(box.text("0.html")?.contains("<p>Hello</p>") == true)
            #expect(box.text("0.message_id") == "<1@alorig.example>")
            #expect(box.text("0.received_at") == "2026-09-17T08:00:00Z")
            let id = try #require(box.integer("0.id"))
            #expect(try await sandbox.send(.get, "/mailbox/\(id)/").text("to") == "client@x.example")
            #expect(try await sandbox.send(.get, "/mailbox/html/").response.text.contains("Grüße"))
            #expect(try await sandbox.send(.get, "/mailbox/html/\(id)/").status == 200)
            #expect(try await sandbox.send(.get, "/mailbox/?to=other@x.example").count("") == 0)
            #expect(try await sandbox.send(.delete, "/mailbox/").integer("deleted") == 1)
        }
    }

    @Test("the same message to the same mailbox is shown once and counted")
    func duplicates() async throws {
        try await RunningSandbox.start { sandbox in
            let transport = try transport(sandbox)
            for _ in 0..<3 { _ = try await transport.send(mail(to: "a@x.example", id: "1@x")) }
            _ = try await transport.send(mail(to: "b@x.example", id: "1@x"))
            _ = try await transport.send(mail(to: "a@x.example", id: "2@x"))
            let box = try await sandbox.send(.get, "/mailbox/?to=a@x.example")
            #expect(box.count("") == 2)
            #expect(box.integer("0.duplicates") == 2)
            #expect(box.integer("1.duplicates") == 0)
            #expect(try await sandbox.send(.get, "/mailbox/").count("") == 3)
        }
    }

    @Test("addresses bounce for good or for a while, as they were told", arguments: [550, 451])
    func bounces(_ code: Int) async throws {
        try await RunningSandbox.start { sandbox in
            let transport = try transport(sandbox)
            let order = #"{"address": "gone@x.example", "code": \#(code)}"#
            #expect(try await sandbox.json(.post, "/mailbox/bounces/", order).status == 200)
            await #expect(throws: MailError.self) {
                try await transport.send(mail(to: "gone@x.example", id: "1@x"))
            }
            #expect(try await sandbox.send(.get, "/mailbox/").count("") == 0)
            _ = try await sandbox.json(.post, "/mailbox/bounces/", #"{"address": "gone@x.example", "code": null}"#)
            _ = try await transport.send(mail(to: "gone@x.example", id: "1@x"))
            #expect(try await sandbox.send(.get, "/mailbox/").count("") == 1)
        }
    }

    @Test("a connection lost after DATA has delivered; the repetition is a duplicate")
    func lostAfterData() async throws {
        try await RunningSandbox.start { sandbox in
            let transport = try transport(sandbox)
            _ = try await sandbox.json(
                .post,
                "/faults/",
                #"{"provider": "smtp", "match": "DATA *", "kind": "reset_after_effect", "count": 1}"#
            )
            await #expect(throws: MailError.self) { try await transport.send(mail(to: "a@x.example", id: "1@x")) }
            _ = try await transport.send(mail(to: "a@x.example", id: "1@x"))
            let box = try await sandbox.send(.get, "/mailbox/?to=a@x.example")
            #expect(box.count("") == 1)
            #expect(box.integer("0.duplicates") == 1)
        }
    }
}
