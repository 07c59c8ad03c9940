import DomainModel
import Foundation
import JobQueue
import Persistence

/// Weekly: has every live link looked at that was not in the days before. Each look is a job of its own; one whose job
/// waits already gets no second one.
struct CheckDeadLinks: JobTask {
    static let name = "check_dead_links"

    let office: Office

    var timeout: Duration { .seconds(600) }

    /// A week is what a look is good for; one that was made a day before the run is early enough.
    private static let freshness: TimeInterval = 6 * 86_400
    /// One transaction writes so many jobs: a few milliseconds.
    private static let page = 1_000

    func run(_ payload: BacklinkOrdersJobs.DeadLinks, _ context: JobContext) async throws {
        let seenSince = payload.dueAt.addingTimeInterval(-Self.freshness)
        var after = payload.after ?? 0
        var count = payload.count ?? 0
        // A bounded stretch, then a job of its own takes it up from there: a crash repeats a stretch, not the whole.
        for _ in 0..<20 {
            let links = try await office.read(context) { [after] tx in
                try await Backlinks.unchecked(
                    since: seenSince,
                    after: Backlink.ID(after),
                    limit: Self.page,
                    for: .job(context),
                    in: tx
                )
            }
            guard let last = links.last else { return try await finish(count, context) }
            try await office.transaction(context) { tx in
                try await office.producer.enqueue(
                    links.map { BacklinkOrdersJobs.verify($0.id, account: $0.account) },
                    in: tx
                )
                return []
            }
            after = last.id.rawValue
            count += links.count
        }
        try await office.transaction(context) { [after, count] tx in
            try await context.complete(result: ["links": count], in: tx)
            try await office.producer.enqueue(
                BacklinkOrdersJobs.checkDeadLinks(at: payload.dueAt, after: after, count: count),
                in: tx
            )
            return []
        }
    }

    private func finish(_ count: Int, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            try await context.complete(result: ["links": count], in: tx)
            return []
        }
    }
}
