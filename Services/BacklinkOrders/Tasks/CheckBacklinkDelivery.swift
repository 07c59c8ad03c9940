import DomainModel
import Foundation
import JobQueue
import Persistence

/// Daily: open orders, what is due, what came (spec 4). Delivered links that were not seen yet are looked at again; an order
/// with late links has one flag, cleared once they have come; what could go on goes on; and vendors' records are counted.
///
/// Run twice, the second finds nothing to do.
struct CheckBacklinkDelivery: JobTask {
    static let name = "check_backlink_delivery"

    let office: Office

    var timeout: Duration { .seconds(600) }

    /// Less than a day: a link that came in the working hours of yesterday is looked at again today.
    private static let freshness: TimeInterval = 12 * 3_600
    private static let page = 1_000

    struct Outcome: Codable, Sendable {
        var looks = 0
        var advanced = 0
        var records = 0
    }

    func run(_ payload: BacklinkOrdersJobs.Daily, _ context: JobContext) async throws {
        var outcome = Outcome()
        outcome.looks = try await lookAgain(payload, context)
        outcome.advanced = try await advance(context)
        try await office.transaction(context) { tx in
            outcome.records = try await PublisherRecords.refresh(in: tx)
            let events = try await LinkDues.flag(for: .job(context), in: tx)
            try await context.complete(result: outcome, in: tx)
            return events
        }
    }

    private func lookAgain(_ payload: BacklinkOrdersJobs.Daily, _ context: JobContext) async throws -> Int {
        var after: Backlink.ID = 0
        var count = 0
        while true {
            let links = try await office.read(context) { [after] tx in
                try await LinkDues.unseen(
                    since: payload.dueAt.addingTimeInterval(-Self.freshness),
                    after: after,
                    limit: Self.page,
                    for: .job(context),
                    in: tx
                )
            }
            guard let last = links.last else { return count }
            try await office.transaction(context) { tx in
                try await office.producer.enqueue(
                    links.map { BacklinkOrdersJobs.verify($0.id, account: $0.account) },
                    in: tx
                )
                return []
            }
            after = last.id
            count += links.count
        }
    }

    /// A safety net: whoever changes a link moves its order on in the same transaction.
    private func advance(_ context: JobContext) async throws -> Int {
        let ready = try await office.read(context) { tx in
            try await LinkDues.ready(limit: Self.page, for: .job(context), in: tx)
        }
        for order in ready {
            try await office.transaction(context) { tx in
                let aftermath = try await BacklinkServiceOrders.advance(order, for: .job(context), in: tx)
                try await office.producer.enqueue(aftermath.jobs, in: tx)
                return aftermath.events
            }
        }
        return ready.count
    }
}
