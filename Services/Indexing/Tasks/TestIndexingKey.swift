import DomainModel
import Foundation
import JobQueue
import Persistence

/// Asks a service about a key that was given: whether it takes it, and how much is left. It costs nothing. What waits for a
/// service is placed as soon as there is one.
struct TestIndexingKey: JobTask {
    static let name = "test_indexing_key"

    let desk: Desk

    var retry: RetryPolicy { RetryPolicy(maxAttempts: 10, base: .milliseconds(500), longest: .seconds(300)) }

    /// What `GET jobs/{id}/` shows.
    private struct Result: Codable {
        var status: String
        var balance: Int?
        var check_balance: Int?
        var detail: String?
    }

    func run(_ payload: IndexingJobs.Key, _ context: JobContext) async throws {
        let found = try await desk.read(context) { tx -> (IndexingKeys.Key, IndexingServices.Service, ServiceKey)? in
            guard let key = try await IndexingKeys.find(payload.keyID, for: .job(context), in: tx),
                key.version == payload.keyVersion,
                let service = try await IndexingServices.all(in: tx).first(where: { $0.key == key.service })
            else { return nil }
            let secret = try await IndexingKeys.secret(of: key, openedBy: desk.secrets, in: tx)
            return (key, service, ServiceKey(secret: secret, host: key.host))
        }
        guard let (key, service, secret) = found else {
            // Taken away, or another one, whose test is another job.
            return try await desk.transaction(context) { tx in try await context.complete(in: tx) }
        }
        let answer: Answer
        do throws(IndexingError) {
            let balance = try await desk.provider(service).test(secret)
            answer = Answer(status: balance.submissions == 0 ? .empty : .active, balance: balance)
        } catch {
            switch error.kind {
            case .keyRefused, .badRequest: answer = Answer(status: .refused, detail: error.description)
            case .outOfBalance: answer = Answer(status: .empty, detail: error.description)
            case .busy(let wait): throw JobError.snooze(for: wait ?? .seconds(30))
            case .unavailable, .unknown: throw error
            }
        }
        try await store(answer, key, context)
    }

    private struct Answer: Sendable {
        var status: IndexingKeyStatus
        var balance = IndexingBalance()
        var detail: String?
    }

    private func store(_ answer: Answer, _ key: IndexingKeys.Key, _ context: JobContext) async throws {
        try await desk.transaction(context) { tx in
            let isNew = try await IndexingKeys.note(
                key,
                answer.status,
                balance: answer.balance.submissions,
                checkBalance: answer.balance.checks,
                error: answer.detail,
                in: tx
            )
            if isNew, answer.status == .active {
                _ = try await desk.producer.enqueue(
                    [IndexingJobs.submitReady(because: "key:\(key.id):\(context.id)")],
                    in: tx
                )
            }
            try await context.complete(
                result: Result(
                    status: answer.status.rawValue,
                    balance: answer.balance.submissions,
                    check_balance: answer.balance.checks,
                    detail: answer.detail
                ),
                in: tx
            )
            guard isNew else { return }
            var event = AuditEvent(
                .updated,
                account: key.accountID,
                subjectKind: IndexingKeyStatus.subject,
                subjectID: key.id,
                from: key.status.rawValue,
                to: answer.status.rawValue,
                reason: answer.detail ?? "\(key.service.rawValue) takes the key"
            )
            event.jobID = context.id
            try await AuditLog.record(event, in: tx)
        }
    }
}
