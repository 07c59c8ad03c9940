import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

extension IdempotencyKey {
    /// Takes the key for this request, in the transaction of its change.
    /// - Returns: the claim to answer under, or the first answer when the same request was answered before.
    /// - Throws: 422 when the key stands for another request.
    func claim(for write: Write) async throws -> (claim: Int64?, answer: Answer?) {
        let request = write.call.request
        let claim = try await IdempotencyKeys.claim(
            key,
            account: .init(write.identity.accountID),
            principal: write.identity.name,
            method: request.method.rawValue,
            path: request.uri.path,
            requestHash: fingerprint,
            in: write.tx
        )
        switch claim {
        case .new(let id): return (id, nil)
        case .answered(let answer): return (nil, Answer(replaying: answer))
        case .differs:
            throw Problem.invalid("Idempotency-Key", "a new key: this one was used for another request")
        }
    }

    static func record(_ answer: Answer, for claim: Int64, in write: Write) async throws {
        var headers: [String: String] = [:]
        for field in answer.headers { headers[field.name.rawName] = field.value }
        try await IdempotencyKeys.record(
            .init(status: answer.status.code, headers: headers, body: answer.body),
            for: claim,
            in: write.tx
        )
    }
}

extension Answer {
    fileprivate init(replaying kept: IdempotencyKeys.Answer) {
        self.init(status: .init(code: kept.status), body: kept.body)
        if kept.body.isEmpty { mediaType = nil }
        for (name, value) in kept.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        headers[.idempotencyReplayed] = "true"
    }
}

extension HTTPField.Name {
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
}
