import Foundation

/// What the sandbox's SMTP sink received.
struct Mailbox: Sendable {
    struct Mail: Decodable, Sendable {
        let subject: String
        let to: String
        /// Deliveries of the same Message-ID that came after the first.
        let duplicates: Int
    }

    private let mails: [Mail]

    init(_ stack: Stack) async throws {
        let answer = try await Stack.run("/usr/bin/curl", ["-sf", "\(stack.description.sandbox)/mailbox/"])
        guard answer.succeeded else {
            throw Stack.Missing(description: "the mailbox does not answer: \(answer.output)")
        }
        mails = try JSONDecoder().decode([Mail].self, from: Data(answer.output.utf8))
    }

    func mails(to address: String) -> [Mail] { mails.filter { $0.to == address } }
}
