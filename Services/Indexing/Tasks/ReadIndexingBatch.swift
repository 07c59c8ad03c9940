import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Reads what has become of a batch's pages, and takes it over. What its report does not name is not known: an ordinary
/// result. A report of a look that is not ready is waited for, a day at most.
struct ReadIndexingBatch: JobTask {
    static let name = "read_indexing_batch"

    let desk: Desk

    var timeout: Duration { .seconds(120) }
    var limits: [JobLimit] { [JobLimit("indexing", concurrency: 8)] }
    var retry: RetryPolicy { RetryPolicy(maxAttempts: 10, base: .milliseconds(500), longest: .seconds(300)) }

    private struct Result: Codable {
        var indexed = 0
        var failed = 0
        var waiting = 0
        var note: String?
    }

    func run(_ payload: IndexingJobs.Batch, _ context: JobContext) async throws {
        guard let open = try await desk.open(payload.batchID, withPages: false, context) else {
            throw JobError.permanent("there is no batch \(payload.batchID)")
        }
        do throws(IndexingError) {
            let report =
                if let task = open.batch.providerTask {
                    try await open.provider.report(task, open.batch.purpose.task, open.secret)
                } else {
                    TaskReport(isComplete: true, findings: [:])
                }
            try await take(report, open, context)
        } catch {
            try await judge(error, open, context)
        }
    }

    private func take(_ report: TaskReport, _ open: Desk.Open, _ context: JobContext) async throws(IndexingError) {
        do {
            try await store(report, open, context)
        } catch {
            throw IndexingError(open.batch.service, .unavailable, "its report was not stored: \(error)")
        }
    }

    private func store(_ report: TaskReport, _ open: Desk.Open, _ context: JobContext) async throws {
        try await desk.transaction(context) { tx in
            let now = try await BusinessClock.now(in: tx)
            let isYoung = now.timeIntervalSince(open.batch.createdAt) < 86_400
            if !report.isComplete, open.batch.purpose == .check, isYoung {
                let later = IndexingJobs.read(open.batch.id, at: now.addingTimeInterval(600))
                _ = try await desk.producer.enqueue([later], in: tx)
                return try await context.complete(result: Result(note: "not ready"), in: tx)
            }
            let waiting = try await IndexingRequests.waiting(for: open.batch.id, in: tx)
            let outcome = try await desk.take(
                waiting.map { ($0, report.findings[$0.url] ?? .unknown) },
                at: now,
                cause: "read:\(context.id)",
                in: tx
            )
            try await context.complete(
                result: Result(
                    indexed: outcome.indexed.count,
                    failed: outcome.failed.count,
                    waiting: outcome.waiting.count
                ),
                in: tx
            )
            try await desk.audit(outcome, context, in: tx)
        }
    }

    private func judge(_ error: IndexingError, _ open: Desk.Open, _ context: JobContext) async throws {
        switch error.kind {
        case .busy(let wait): throw JobError.snooze(for: wait ?? .seconds(30))
        case .unavailable, .unknown: throw error
        case .keyRefused, .outOfBalance, .badRequest:
            // Nobody will say any more: what was asked before paying goes on without, the rest is looked at another day.
            try await desk.transaction(context) { tx in
                try await desk.note(error, open.key, in: tx)
                if open.batch.purpose == .check {
                    try await IndexingRequests.release(open.batch, isUnfit: false, in: tx)
                    _ = try await desk.producer.enqueue(
                        [IndexingJobs.submitReady(because: "report:\(open.batch.id)")],
                        in: tx
                    )
                }
                try await context.complete(result: Result(note: error.description), in: tx)
            }
        }
    }
}

extension Desk {
    /// Takes findings over; what is to be placed now gets its job.
    func take(
        _ findings: [(request: IndexingRequests.Request, finding: IndexFinding)],
        at now: Date,
        cause: String,
        in tx: PostgresTransaction
    ) async throws -> IndexingRequests.Outcome {
        let price = try await IndexingServices.likelyPrice(in: tx)
        let outcome = try await IndexingRequests.take(findings, sparing: price, at: now, in: tx)
        try await IndexingRequests.endHoldOut(findings, in: tx)
        if outcome.ready > 0 { _ = try await producer.enqueue([IndexingJobs.submitReady(because: cause)], in: tx) }
        return outcome
    }
}
