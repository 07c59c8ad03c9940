import DomainModel
import JobQueue
import Persistence

/// Looks for live links of a site among those that Ahrefs has lost: each is marked with the day, with Ahrefs' testimony as
/// evidence, and looked at over HTTP. Ahrefs alone makes no link lost: two witnesses must agree (spec 11.5).
struct DetectLostBacklinksAhrefs: AhrefsTask {
    static let name = "detect_lost_backlinks_ahrefs"

    let bureau: Bureau

    /// Three weeks: a week, and two more that may have failed.
    private static let days = 21

    private struct Result: Codable {
        var asked: Int
        var suspected: Int
    }

    func run(_ payload: AhrefsJobs.Links, _ context: JobContext) async throws {
        try await bureau.unlessStopped(context) {
            guard let question = try await bureau.question(payload, lostSince: Self.days, context) else { return }
            let found = try await bureau.ask(question, payload, context)
            let losses = question.links.compactMap { link -> AhrefsLinks.Loss? in
                guard let seen = found[link.id.rawValue], let lost = seen.lostAt else { return nil }
                return AhrefsLinks.Loss(
                    id: link.id,
                    url: link.sourceURL,
                    lost: lost,
                    status: seen.httpCode,
                    reason: seen.lostReason
                )
            }
            try await bureau.transaction(context) { tx in
                let suspected = try await AhrefsLinks.suspect(losses, of: payload.accountID, job: context.id, in: tx)
                var jobs = suspected.map { BacklinkOrdersJobs.verify($0, account: payload.accountID) }
                if let next = question.next {
                    jobs.append(AhrefsJobs.detectLost(payload.siteID, account: payload.accountID, after: next))
                }
                try await bureau.producer.enqueue(jobs, in: tx)
                let result = Result(asked: question.links.count, suspected: suspected.count)
                try await context.complete(result: result, in: tx)
            }
        }
    }
}
