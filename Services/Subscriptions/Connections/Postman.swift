import Foundation

/// Hands one mail to a mail server.
protocol Postman: Sendable {
    /// - Throws: ``PostmanError``.
    func deliver(_ mail: OutgoingMail) async throws
}

/// A mail as the outbox has it.
struct OutgoingMail: Sendable {
    let from: String
    let to: String
    let subject: String
    let text: String
    let html: String
    /// Where answers go; nil: to the sender.
    var replyTo: String?
    var attachments: [OutgoingFile] = []
    /// The same at every attempt: a receiver that got it twice shows it once.
    let messageID: String
    /// When it was written, in machine time: receivers sort by it.
    let date: Date
}

/// A file that goes with a mail.
struct OutgoingFile: Sendable, Hashable {
    let name: String
    let type: String
    let bytes: [UInt8]
}

/// Why a mail was not taken.
enum PostmanError: Error, Sendable, CustomStringConvertible {
    /// It will be refused each time.
    case refused(String)
    /// Perhaps later.
    case unavailable(String)

    var description: String {
        switch self {
        case .refused(let what): "refused: \(what)"
        case .unavailable(let what): "not taken: \(what)"
        }
    }
}
