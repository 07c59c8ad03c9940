import Foundation
import Logging
import NIOConcurrencyHelpers
import ServiceRuntime
import Testing

@Suite("Logs") struct LogTests {
    private final class Lines: Sendable {
        private let bytes = NIOLockedValueBox<[UInt8]>([])
        var output: LogOutput { LogOutput { line in self.bytes.withLockedValue { $0 += line } } }
        var text: String { String(decoding: bytes.withLockedValue { $0 }, as: UTF8.self) }
        var objects: [[String: Any]] {
            get throws {
                try text.split(separator: "\n").map {
                    try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
                }
            }
        }
    }

    private func logger(_ lines: Lines, format: LogFormat = .json) -> Logger {
        Logger(label: "test") { _ in
            ServiceLogHandler(service: "igny8-test", level: .debug, format: format, output: lines.output)
        }
    }

    @Test("a line is one JSON object with time, level, service, message and the metadata by name")
    func line() throws {
        let lines = Lines()
        logger(lines).info(
            "Invoice issued",
            metadata: [
                "account_id": .stringConvertible(7), "number": "IGN-2026-0001", "late": .stringConvertible(false),
            ]
        )
        let object = try #require(lines.objects.first)
        #expect(object["level"] as? String == "info")
        #expect(object["service"] as? String == "igny8-test")
        #expect(object["message"] as? String == "Invoice issued")
        #expect(object["number"] as? String == "IGN-2026-0001")
        #expect(object["account_id"] as? Int == 7)
        let time = try #require(object["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test("control characters, quotes and other alphabets survive, and a line stays one line")
    func escapes() throws {
        let lines = Lines()
        let text = "a\"b\\c\nd\te\u{1}f – Käse 🙂"
        logger(lines).warning("Odd", metadata: ["note": "\(text)", "nested": ["k": ["x\ny"]]])
        #expect(lines.text.count(where: { $0 == "\n" }) == 1)
        let object = try #require(lines.objects.first)
        #expect(object["note"] as? String == text)
        #expect((object["nested"] as? [String: Any])?["k"] as? [String] == ["x\ny"])
    }

    @Test("metadata does not overwrite the line's own keys")
    func reserved() throws {
        let lines = Lines()
        logger(lines).info("Real", metadata: ["message": "fake", "level": "fake"])
        let object = try #require(lines.objects.first)
        #expect(object["message"] as? String == "Real")
        #expect(object["message_"] as? String == "fake")
    }

    @Test(
        "what is named like a secret is masked, nested or not, and so is a password in a URL",
        arguments: LogFormat.allCases
    )
    func redaction(format: LogFormat) {
        struct Failure: Error, CustomStringConvertible {
            let description = "no route to postgresql://svc:canary@db/igny8 today"
        }
        let lines = Lines()
        logger(lines, format: format).error(
            "Refused",
            error: Failure(),
            metadata: [
                "stripe_secret_key": "canary", "headers": ["Authorization": "Bearer canary"],
                "url": "redis://:canary@h/0", "request_id": "r-1",
            ]
        )
        #expect(!lines.text.contains("canary"))
        #expect(lines.text.contains("r-1"))
        #expect(lines.text.contains("svc:•••@db"))
    }

    @Test("a text line stays one line")
    func textFormat() {
        let lines = Lines()
        logger(lines, format: .text).info("Hello", metadata: ["note": "two\nlines"])
        #expect(lines.text.count(where: { $0 == "\n" }) == 1)
    }
}
