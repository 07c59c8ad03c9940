import DomainModel
import Foundation
import JobQueue
import Persistence

/// Makes requests of live links that are neither indexed nor submitted, and of what was bought; then places everything that
/// is ready, in the largest batches that its service takes.
///
/// By itself it takes the links of sites whose managed service includes indexing: to whom it costs money, it comes when
/// somebody asks.
struct SubmitBacklinksForIndexing: JobTask {
    static let name = "submit_backlinks_for_indexing"

    let desk: Desk

    var timeout: Duration { .seconds(600) }

    private struct Result: Codable {
        var created: Int
        var spared: Int
        var placed: Placed
    }

    func run(_ payload: IndexingJobs.Scope, _ context: JobContext) async throws {
        var queued = IndexingRequests.Queued()
        if payload.onlyReady != true {
            queued = try await desk.transaction(context) { tx in
                let price = try await IndexingServices.likelyPrice(in: tx)
                let links = payload.siteID.map { IndexingRequests.Links.of($0) } ?? .included
                let queued = try await IndexingRequests.queue(links, sparing: price, in: tx)
                if payload.siteID == nil {
                    let bought = try await IndexingRequests.takeUpPurchases(in: tx)
                    _ = try await desk.producer.enqueue(
                        bought.map { IndexingJobs.inspect($0.id, account: $0.account) },
                        in: tx
                    )
                }
                return queued
            }
        }
        let placed = try await desk.place(context)
        try await desk.transaction(context) { [queued] tx in
            try await context.complete(
                result: Result(created: queued.created, spared: queued.spared, placed: placed),
                in: tx
            )
        }
    }
}

/// Places one request.
struct SubmitRequest: JobTask {
    static let name = "submit_request"

    let desk: Desk

    func run(_ payload: IndexingJobs.Request, _ context: JobContext) async throws {
        let placed = try await desk.place(only: payload.requestID, context)
        try await desk.transaction(context) { tx in try await context.complete(result: placed, in: tx) }
    }
}
