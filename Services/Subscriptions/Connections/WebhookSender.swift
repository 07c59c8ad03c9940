import Crypto
import DomainModel
import Foundation
import WebClient

/// An outgoing webhook, ready to be signed.
struct WebhookLetter: Sendable {
    let delivery: WebhookDelivery.ID
    let endpoint: WebhookEndpoint.ID
    let url: String
    /// The event's name: the same however often it is sent.
    let event: String
    let type: String
    let body: String
    let secret: [UInt8]
    let sentAt: Date

    /// `t=1791014400,v1=…`: HMAC-SHA-256 over the time, a dot and the body.
    var signature: String {
        let time = Int(sentAt.timeIntervalSince1970)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(time).\(body)".utf8),
            using: SymmetricKey(data: secret)
        )
        return "t=\(time),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// What became of an attempt.
enum WebhookOutcome: Sendable, Equatable {
    /// Answered with 2xx.
    case taken(status: Int)
    /// Anything else, with what is said about it to the client.
    case refused(status: Int?, reason: String)
}

/// Brings webhooks to where clients want them.
protocol WebhookSender: Sendable {
    func deliver(_ letter: WebhookLetter) async -> WebhookOutcome
}

/// Over HTTP, to public addresses only: the URL is a client's word (spec 10).
struct WebWebhookSender: WebhookSender {
    let client: WebClient
    /// False only in the sandbox, whose receivers live on this machine.
    let guardAddresses: Bool

    func deliver(_ letter: WebhookLetter) async -> WebhookOutcome {
        do {
            let answer = try await client.send(
                WebRequest(
                    method: .post,
                    url: letter.url,
                    headers: [
                        ("Content-Type", "application/json"), ("Igny8-Event", letter.event),
                        ("Igny8-Event-Type", letter.type), ("Igny8-Signature", letter.signature),
                    ],
                    body: Array(letter.body.utf8),
                    timeout: .seconds(15),
                    maximumBodyBytes: 64 << 10,
                    guardAddresses: guardAddresses,
                    maximumRedirects: 0
                )
            )
            guard (200..<300).contains(answer.status) else {
                return .refused(status: answer.status, reason: "answered \(answer.status)")
            }
            return .taken(status: answer.status)
        } catch {
            return .refused(status: nil, reason: "\(error)")
        }
    }
}

/// Where nothing can be sent: a process without a web client, as in tests that do not look at webhooks.
struct NoWebhookSender: WebhookSender {
    func deliver(_ letter: WebhookLetter) async -> WebhookOutcome {
        .refused(status: nil, reason: "nothing is sent from here")
    }
}
