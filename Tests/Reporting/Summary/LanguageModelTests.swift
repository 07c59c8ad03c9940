import DomainModel
import EventLoop
import Foundation
import Logging
import ReportDesign
import TestSupport
import Testing
import WebClient

@testable import Reporting

@Suite("The model's words", .timeLimit(.minutes(2)))
struct LanguageModelTests {
    private static let data: ReportData = {
        let october = ReportPeriod(.monthly, containing: CalendarDay("2026-10-05") ?? CalendarDay(daysSinceEpoch: 0))
        var data = ReportData(
            subject: ReportSubject(
                siteID: 1,
                name: "Hartwell",
                domain: "hartwell.example",
                url: "https://hartwell.example",
                timeZone: "Europe/London",
                currency: .usd,
                tier: "pro"
            ),
            period: october,
            gatheredAt: Date(timeIntervalSince1970: 1_793_600_000),
            sections: [.traffic]
        )
        data.traffic = .data(
            TrafficFacts(
                now: .init(clicks: 1_200, impressions: 24_000, position: Ratio("11.5"), days: 31),
                before: .init(clicks: 1_000, impressions: 20_000, position: Ratio("12"), days: 30),
                yearBefore: nil
            )
        )
        return data
    }()

    private static let plain = SummaryText.summary(of: data)

    private static func words(_ headline: String) -> String {
        #"{"headline": "\#(headline)", "paragraphs": ["Clicks came to 1,200, 20 % more than before."], "moved": ["Clicks: 1,200"], "why": ["More was shown"], "next": ["We go on"]}"#
    }

    private static func quoted(_ text: String) -> String {
        JSONValue.string(text).canonicalText
    }

    private static func openAI(_ text: String, finish: String = "stop") -> String {
        #"{"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content": \#(quoted(text)), "refusal": null}, "finish_reason": "\#(finish)"}]}"#
    }

    private static func anthropic(_ text: String) -> String {
        #"{"type": "message", "content": [{"type": "text", "text": \#(quoted(text))}], "stop_reason": "end_turn"}"#
    }

    /// What the desk makes of an answer.
    private static func summary(
        _ shape: LanguageModel.Shape,
        patience: Duration = .seconds(20),
        _ handler: @escaping RecordingServer.Handler,
        check: (RecordingServer) throws -> Void = { _ in }
    ) async throws -> ReportSummary {
        try await RecordingServer.run(answering: handler) { server in
            let loop = EventLoop(name: "test-model")
            defer { loop.stop() }
            let model = LanguageModel(
                web: WebClient(loop: loop, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })),
                shape: shape,
                baseURL: server.url,
                apiKey: "key",
                model: "some-model",
                guardAddresses: false,
                patience: patience
            )
            let summary = await SummaryDesk.summary(of: data, by: model)
            try check(server)
            return summary
        }
    }

    @Test("both shapes are asked as their providers want, and a text that keeps to the facts is taken")
    func taken() async throws {
        let first = try await Self.summary(.openai) { _ in
            .init(text: Self.openAI(Self.words("Clicks rose by 20 % to 1,200.")))
        } check: { server in
            let request = try #require(server.requests.first)
            #expect(request.path == "/chat/completions" && request.header("authorization") == "Bearer key")
            #expect(
                request.text.contains("max_completion_tokens") && request.text.contains("Clicks from Google: 1,200")
            )
        }
        #expect(
            first.writer == "some-model" && first.headline == "Clicks rose by 20 % to 1,200." && first.refusal == nil
        )
        let second = try await Self.summary(.anthropic) { _ in
            .init(text: Self.anthropic("Here:\n```json\n\(Self.words("Clicks rose by 200 to 1,200."))\n```"))
        } check: { server in
            let request = try #require(server.requests.first)
            #expect(request.path == "/v1/messages" && request.header("x-api-key") == "key")
            #expect(request.header("anthropic-version") == "2023-06-01")
        }
        #expect(second.writer == "some-model" && second.headline == "Clicks rose by 200 to 1,200.")
    }

    @Test("whatever else comes, the facts' own words stand, with the reason")
    func refused() async throws {
        func isPlain(_ summary: ReportSummary, _ reason: String) {
            var words = summary
            words.refusal = nil
            #expect(words == Self.plain)
            #expect(summary.refusal?.contains(reason) == true, "\(summary.refusal ?? "")")
        }
        isPlain(
            try await Self.summary(.openai) { _ in .init(text: Self.openAI(Self.words("Clicks rose by 21 % to 1,200.")))
            },
            "21"
        )
        isPlain(
            try await Self.summary(.openai) { _ in .init(text: Self.openAI(Self.words("Cut"), finish: "length")) },
            "length"
        )
        isPlain(try await Self.summary(.anthropic) { _ in .init(text: Self.anthropic("A splendid month!")) }, "read")
        isPlain(try await Self.summary(.anthropic) { _ in .init(text: "<html>\u{0}{\"content\": [1,,") }, "read")
        isPlain(try await Self.summary(.anthropic) { _ in .init(529, text: "{}") }, "529")
        isPlain(
            try await Self.summary(.openai, patience: .milliseconds(200)) { _ in
                try await Task.sleep(for: .seconds(600))
                return .init(text: "")
            },
            "reached"
        )
        #expect(await SummaryDesk.summary(of: Self.data, by: nil) == Self.plain)
    }
}
