import Crypto
import DomainModel
import EventLoop
import Foundation
import Logging
import TestSupport
import Testing
import WebClient

@testable import Subscriptions

@Suite("Sending webhooks", .timeLimit(.minutes(1))) struct WebhookSenderTests {
    private static func letter(to url: String) -> WebhookLetter {
        WebhookLetter(
            delivery: 1,
            endpoint: 2,
            url: url,
            event: "evt_7",
            type: "invoice.paid",
            body: #"{"id": "evt_7"}"#,
            secret: Array("whsec_test".utf8),
            sentAt: Date(timeIntervalSince1970: 1_791_014_400)
        )
    }

    private static func sender(guarded: Bool) -> WebWebhookSender {
        let logger = Logger(label: "test.web", factory: { _ in SwiftLogNoOpLogHandler() })
        return WebWebhookSender(client: WebClient(loop: TestDatabase.loop, logger: logger), guardAddresses: guarded)
    }

    @Test("the body goes out as it is, signed; any 2xx is a yes, everything else and a redirect a no")
    func answers() async throws {
        for (status, isTaken) in [(200, true), (204, true), (301, false), (404, false), (500, false)] {
            try await RecordingServer.run(answering: { _ in .init(status, headers: [("Location", "/elsewhere")]) }) {
                server in
                let outcome = await Self.sender(guarded: false).deliver(Self.letter(to: server.url + "/hook?a=1"))
                let expected: WebhookOutcome =
                    isTaken ? .taken(status: status) : .refused(status: status, reason: "answered \(status)")
                #expect(outcome == expected)
                #expect(server.requests.count == 1, "no redirect is followed")
                let request = try #require(server.requests.first)
                #expect(request.method == "POST" && request.path == "/hook?a=1" && request.text == #"{"id": "evt_7"}"#)
                #expect(request.header("igny8-event") == "evt_7")
                let code = HMAC<SHA256>.authenticationCode(
                    for: Data(#"1791014400.{"id": "evt_7"}"#.utf8),
                    using: SymmetricKey(data: Data("whsec_test".utf8))
                )
                let hex = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(request.header("igny8-signature") == "t=1791014400,v1=\(hex)")
            }
        }
    }

    @Test(
        "an address inside is never called",
        arguments: [
            "http://127.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "http://localhost/", "ftp://a.example/",
        ]
    )
    func inside(url: String) async {
        guard case .refused(nil, let reason) = await Self.sender(guarded: true).deliver(Self.letter(to: url)) else {
            Issue.record("\(url) was called")
            return
        }
        #expect(reason.contains("not on the public internet") || reason.contains("cannot be used"), "\(reason)")
    }
}
