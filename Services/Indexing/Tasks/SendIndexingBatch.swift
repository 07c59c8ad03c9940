import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Sends a batch to its service, once.
///
/// 1. The batch is marked as being sent, and that is committed. → 2. It is sent. → 3. What it was is stored: submissions,
/// costs, the day of the next look. Where 3 does not follow on 2 (a time-out, a crash), the next attempt looks for the task
/// by its title; a service that cannot tell is taken at the worst: it counts as sent, and is paid for once.
struct SendIndexingBatch: JobTask {
    static let name = "send_indexing_batch"

    let desk: Desk

    var timeout: Duration { .seconds(120) }
    var limits: [JobLimit] { [JobLimit("indexing", concurrency: 8)] }
    /// Ten attempts over some five minutes of a service that fails; then the daily run tries again.
    var retry: RetryPolicy { RetryPolicy(maxAttempts: 10, base: .milliseconds(500), longest: .seconds(300)) }

    private struct Result: Codable {
        var sent: Int
        var note: String?
    }

    func run(_ payload: IndexingJobs.Batch, _ context: JobContext) async throws {
        guard let open = try await desk.open(payload.batchID, withPages: true, context) else {
            throw JobError.permanent("there is no batch \(payload.batchID)")
        }
        guard [.prepared, .sending, .unsure].contains(open.batch.state) else {
            return try await done(nil, context)
        }
        let isUsable = open.key.map { $0.status == .active } ?? !open.batch.service.hasKey
        guard !open.urls.isEmpty, isUsable || open.batch.state != .prepared else {
            return try await abandon(open, "the key does not work any longer", context)
        }
        let was = try await desk.transaction(context) { tx in try await IndexingBatches.begin(open.batch.id, in: tx) }
        // Another run may be sending it this moment: afterwards it is looked for.
        guard let was else { throw JobError.snooze(for: .seconds(30)) }
        do throws(IndexingError) {
            let task = try await send(open, wasSent: was != .prepared)
            try await accept(task.name, open, note: task.note, context)
        } catch {
            try await judge(error, open, context)
        }
    }

    private func send(
        _ open: Desk.Open,
        wasSent: Bool
    ) async throws(IndexingError) -> (name: String?, note: String?) {
        let (title, purpose) = (open.batch.title, open.batch.purpose.task)
        if wasSent {
            switch try await open.provider.find(title, purpose, open.secret) {
            case .found(let task): return (task, "found by its title")
            case .unknown: return (nil, "nobody knows whether it arrived: it counts as sent")
            case .absent, .harmless: break
            }
        }
        let task =
            purpose == .submit
            ? try await open.provider.submit(open.urls, title: title, open.secret)
            : try await open.provider.check(open.urls, title: title, open.secret)
        return (task, nil)
    }

    private func accept(
        _ task: String?,
        _ open: Desk.Open,
        note: String?,
        _ context: JobContext
    ) async throws(IndexingError) {
        do {
            try await store(task, open, note: note, context)
        } catch {
            // Sent, and not stored: what the next attempt looks for.
            throw IndexingError(open.batch.service, .unknown, "sent and not stored: \(error)")
        }
    }

    private func store(
        _ task: String?,
        _ open: Desk.Open,
        note: String?,
        _ context: JobContext
    ) async throws {
        try await desk.transaction(context) { tx in
            guard try await IndexingBatches.end(open.batch.id, .sent, task: task, error: note, in: tx) else {
                return try await context.complete(result: Result(sent: 0), in: tx)
            }
            guard open.batch.purpose == .submit else {
                try await IndexingRequests.checked(open.batch, price: open.service.checkPrice, in: tx)
                _ = try await desk.producer.enqueue([IndexingJobs.read(open.batch.id)], in: tx)
                return try await context.complete(result: Result(sent: open.urls.count, note: note), in: tx)
            }
            let sent = try await IndexingRequests.sent(open.batch, task: task, price: open.service.price, in: tx)
            try await context.complete(result: Result(sent: sent.count, note: note), in: tx)
            try await AuditLog.record(sent.map { event($0, open, context) }, in: tx)
        }
    }

    private func event(_ sent: IndexingRequests.Sent, _ open: Desk.Open, _ context: JobContext) -> AuditEvent {
        var event = AuditEvent(
            sent.isRepeat ? .resubmitted : .submitted,
            account: sent.accountID,
            subjectKind: IndexingStatus.subject,
            subjectID: sent.request,
            from: sent.isRepeat ? IndexingStatus.checking.rawValue : IndexingStatus.queued.rawValue,
            to: sent.isRepeat ? IndexingStatus.resubmitted.rawValue : IndexingStatus.submitted.rawValue,
            reason: open.service.name
        )
        event.jobID = context.id
        return event
    }

    private func done(_ note: String?, _ context: JobContext) async throws {
        try await desk.transaction(context) { tx in
            try await context.complete(result: Result(sent: 0, note: note), in: tx)
        }
    }

    /// What an answer that is none means for the job.
    private func judge(_ error: IndexingError, _ open: Desk.Open, _ context: JobContext) async throws {
        switch error.kind {
        case .keyRefused, .outOfBalance, .badRequest:
            try await abandon(open, error.description, because: error, context)
        case .busy(let wait):
            try await desk.transaction(context) { tx in
                try await IndexingBatches.restore(open.batch.id, because: error.description, in: tx)
            }
            throw JobError.snooze(for: wait ?? .seconds(30))
        case .unavailable:
            try await desk.transaction(context) { tx in
                try await IndexingBatches.restore(open.batch.id, because: error.description, in: tx)
            }
            throw error
        case .unknown:
            try await desk.transaction(context) { tx in
                try await IndexingBatches.note(error.description, of: open.batch.id, in: tx)
            }
            throw error
        }
    }

    /// Gives the requests of a batch back, to be placed elsewhere. A service that cannot take what it is sent is not asked
    /// for these again.
    private func abandon(
        _ open: Desk.Open,
        _ reason: String,
        because error: IndexingError? = nil,
        _ context: JobContext
    ) async throws {
        try await desk.transaction(context) { tx in
            if let error { try await desk.note(error, open.key, in: tx) }
            if try await IndexingBatches.end(open.batch.id, .abandoned, error: reason, in: tx) {
                let isUnfit = error?.kind == .badRequest
                try await IndexingRequests.release(open.batch, isUnfit: isUnfit, in: tx)
                _ = try await desk.producer.enqueue(
                    [IndexingJobs.submitReady(because: "batch:\(open.batch.id)")],
                    in: tx
                )
            }
            try await context.complete(result: Result(sent: 0, note: reason), in: tx)
        }
    }
}

extension IndexingBatches.Purpose {
    var task: TaskPurpose { self == .submit ? .submit : .check }
}
