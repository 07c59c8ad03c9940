import Foundation
import Hummingbird

/// A language model in the shapes of OpenAI and Anthropic (spec 5.12). What it is like follows from the model's name:
/// `honest` writes what it was told, `inventor` adds a number of its own, `chatty` writes no JSON, `silent` stops at its
/// limit, `garbage` answers nothing that can be read, `slow` takes twenty seconds.
struct LanguageModelRoutes: Sendable {
    func add(to router: Router<SandboxContext>) {
        router.post("/openai/v1/chat/completions") { request, context in
            let order = try await Questions.json(OpenAIOrder.self, from: request, context)
            guard request.headers[.authorization]?.hasPrefix("Bearer ") == true else {
                return try Answers.json(
                    OpenAIRefusal(error: .init(message: "Incorrect API key.", type: "invalid_request_error")),
                    status: .unauthorized
                )
            }
            let facts = order.messages.last?.content ?? ""
            guard let text = try await write(order.model, facts) else { return Self.garbage }
            let isCut = order.model == "silent"
            return try Answers.json(
                OpenAIAnswer(
                    object: "chat.completion",
                    model: order.model,
                    choices: [
                        .init(
                            index: 0,
                            message: .init(role: "assistant", content: text),
                            finishReason: isCut ? "length" : "stop"
                        )
                    ]
                )
            )
        }
        router.post("/anthropic/v1/messages") { request, context in
            let order = try await Questions.json(AnthropicOrder.self, from: request, context)
            let facts = order.messages.last?.content ?? ""
            guard let text = try await write(order.model, facts) else { return Self.garbage }
            let half = text.index(text.startIndex, offsetBy: text.count / 2)
            return try Answers.json(
                AnthropicAnswer(
                    type: "message",
                    role: "assistant",
                    model: order.model,
                    // In two blocks, as it may come.
                    content: [
                        .init(type: "text", text: String(text[..<half])),
                        .init(type: "text", text: String(text[half...])),
                    ],
                    stopReason: order.model == "silent" ? "max_tokens" : "end_turn"
                )
            )
        }
    }

    /// Nil for what cannot be read.
    private func write(_ model: String, _ facts: String) async throws -> String? {
        if model == "garbage" { return nil }
        if model == "slow" { try await Task.sleep(for: .seconds(20)) }
        if model == "chatty" { return "It was a splendid month, and there is much to look forward to!" }
        let lines = facts.split(separator: "\n").map { String($0.prefix(150)) }
        let figures = lines.dropFirst()
        var words = Words(
            headline: figures.first ?? "There is little to measure yet.",
            paragraphs: [figures.prefix(3).joined(separator: ". ")],
            moved: Array(figures.prefix(2)),
            why: [lines.last ?? "No single cause stands out."],
            next: ["We go on as agreed."]
        )
        for list in [\Words.moved, \.why, \.next] {
            words[keyPath: list] = words[keyPath: list].map { String($0.prefix(118)) }
        }
        if model == "inventor" { words.headline += " That is 4,711 more than anybody expected." }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(words), as: UTF8.self)
        return model == "fenced" ? "Here it is:\n```json\n\(text)\n```" : text
    }

    private static let garbage = Answers.bytes(
        Array("<html>\u{0}{\"choices\": [1, 2,,".utf8),
        type: "application/json",
        status: .ok
    )

    private struct Words: Encodable {
        var headline: String
        var paragraphs: [String]
        var moved: [String]
        var why: [String]
        var next: [String]
    }

    private struct Message: Codable {
        let role: String
        let content: String
    }

    private struct OpenAIOrder: Decodable {
        let model: String
        let messages: [Message]
    }

    private struct OpenAIAnswer: Encodable {
        struct Choice: Encodable {
            let index: Int
            let message: Message
            let finishReason: String
        }
        let object: String
        let model: String
        let choices: [Choice]
    }

    private struct OpenAIRefusal: Encodable {
        struct Reason: Encodable {
            let message: String
            let type: String
        }
        let error: Reason
    }

    private struct AnthropicOrder: Decodable {
        let model: String
        let messages: [Message]
    }

    private struct AnthropicAnswer: Encodable {
        struct Block: Encodable {
            let type: String
            let text: String
        }
        let type: String
        let role: String
        let model: String
        let content: [Block]
        let stopReason: String
    }
}
