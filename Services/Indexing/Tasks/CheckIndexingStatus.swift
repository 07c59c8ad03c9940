import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// The daily look at everything that is due: the 7/14/28-day line, the end of the hold-out, and what has got stuck.
///
/// A page of the due ones a transaction: each is moved on by it, so that the next page is another one, and a second run at
/// the same time has the others. Who can tell about a page is asked: the service that has it, by the report of its own
/// batch; else the one that looks pages up; where there is neither, it is not known.
struct CheckIndexingStatus: JobTask {
    static let name = "check_indexing_status"

    let desk: Desk

    var timeout: Duration { .seconds(900) }

    private static let page = 10_000

    struct Result: Codable, Sendable {
        var due = 0
        var reports = 0
        var unknown = 0
        var taken_up = 0
    }

    func run(_ payload: IndexingJobs.Moment, _ context: JobContext) async throws {
        var result = Result()
        while true {
            let page = try await desk.transaction(context) { tx in try await look(context, in: tx) }
            result.due += page.due
            result.reports += page.reports
            result.unknown += page.unknown
            result.taken_up += page.taken_up
            guard page.due > 0 else { break }
        }
        try await desk.transaction(context) { [result] tx in
            var jobs = try await IndexingBatches.stuck(in: tx).map { IndexingJobs.send($0) }
            jobs += try await IndexingKeys.resting(in: tx).map {
                IndexingJobs.retest($0.id, version: $0.version, run: context.id)
            }
            _ = try await desk.producer.enqueue(jobs, in: tx)
            try await context.complete(result: result, in: tx)
        }
    }

    private func look(_ context: JobContext, in tx: PostgresTransaction) async throws -> Result {
        let due = try await IndexingRequests.due(limit: Self.page, in: tx)
        guard !due.isEmpty else { return Result() }
        let choice = try await IndexingServices.standings(in: tx)
        let usable = Set(choice.standings.filter(\.isUsable).map(\.service))
        let checker = usable.first { $0.checks }
        var reports: [Int64: [Int64]] = [:]
        var toCheck: [Int64] = []
        var unknown: [IndexingRequests.Request] = []
        var stuck: [IndexingRequests.Request] = []
        for request in due {
            if request.status == .queued, !request.isHeldOut || request.precheck == nil || request.batchID != nil {
                stuck.append(request)
            } else if let batch = request.batchID, let service = request.service, service.reports,
                usable.contains(service), request.providerTask != nil, !request.mustResubmit
            {
                reports[batch, default: []].append(request.id)
            } else if checker != nil {
                toCheck.append(request.id)
            } else {
                unknown.append(request)
            }
        }
        var jobs: [NewJob] = []
        for (batch, requests) in reports.sorted(by: { $0.key < $1.key }) {
            try await IndexingRequests.await(requests, report: batch, in: tx)
            jobs.append(IndexingJobs.read(batch, at: try await BusinessClock.now(in: tx)))
        }
        if let checker, !toCheck.isEmpty {
            let batch = try await IndexingBatches.create(.check, of: checker, count: toCheck.count, in: tx)
            try await IndexingRequests.await(toCheck, report: batch.id, in: tx)
            jobs.append(IndexingJobs.send(batch.id))
        }
        jobs += try await takeUp(stuck, in: tx)
        let outcome = try await desk.take(
            unknown.map { ($0, .unknown) },
            at: try await BusinessClock.now(in: tx),
            cause: "check:\(context.id)",
            in: tx
        )
        _ = try await desk.producer.enqueue(jobs, in: tx)
        try await desk.audit(outcome, context, in: tx)
        return Result(
            due: due.count,
            reports: reports.count + (toCheck.isEmpty ? 0 : 1),
            unknown: unknown.count,
            taken_up: stuck.count
        )
    }

    /// Requests that have waited for a day: for a look at their page, for a batch to be sent, for a report.
    private func takeUp(_ stuck: [IndexingRequests.Request], in tx: PostgresTransaction) async throws -> [NewJob] {
        guard !stuck.isEmpty else { return [] }
        let uninspected = stuck.filter { !$0.isInspected }
        let sending = stuck.filter { $0.batchID != nil }
        let lost = stuck.filter { $0.isInspected && $0.batchID == nil }
        try await IndexingRequests.await(uninspected.map(\.id), report: nil, in: tx)
        try await IndexingRequests.await(sending.map(\.id), report: nil, in: tx)
        try await IndexingRequests.takeUp(lost.map(\.id), in: tx)
        let batches = Set(sending.compactMap(\.batchID)).sorted()
        return uninspected.map { IndexingJobs.inspect($0.id, account: $0.accountID) }
            + batches.map { IndexingJobs.send($0) }
            + (lost.isEmpty ? [] : [IndexingJobs.submitReady(because: "stuck:\(lost[0].id)")])
    }
}
