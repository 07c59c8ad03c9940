import DomainModel
import JobQueue
import Persistence

/// Holds live links of a site against what Ahrefs sees: those it sees are verified, with its last visit, the rating and
/// visits of their sites, and what they are worth.
///
/// A job asks about 25 links in one request, and writes the job for the next with its effect. A link that Ahrefs does not
/// show may not have been crawled yet: that says nothing.
struct VerifyBacklinksViaAhrefs: AhrefsTask {
    static let name = "verify_backlinks_via_ahrefs"

    let bureau: Bureau

    private struct Result: Codable {
        var asked: Int
        var verified: Int
    }

    func run(_ payload: AhrefsJobs.Links, _ context: JobContext) async throws {
        try await bureau.unlessStopped(context) {
            guard let question = try await bureau.question(payload, lostSince: nil, context) else { return }
            let found = try await bureau.ask(question, payload, context)
            let sightings = question.links.compactMap { link in
                found[link.id.rawValue].map { Self.sighting(of: link, $0) }
            }
            try await bureau.transaction(context) { tx in
                let verified = try await AhrefsLinks.verify(
                    sightings,
                    of: payload.accountID,
                    job: context.id,
                    in: tx
                )
                if let next = question.next {
                    try await bureau.producer.enqueue(
                        AhrefsJobs.verify(payload.siteID, account: payload.accountID, after: next),
                        in: tx
                    )
                }
                try await context.complete(result: Result(asked: question.links.count, verified: verified), in: tx)
            }
        }
    }

    private static func sighting(of link: AhrefsLinks.Link, _ seen: AhrefsBacklink) -> AhrefsLinks.Sighting {
        AhrefsLinks.Sighting(
            id: link.id,
            url: link.sourceURL,
            seen: seen.lastVisited,
            rating: seen.domainRatingTenths.map { ($0 + 5) / 10 },
            traffic: seen.traffic,
            quality: LinkQuality.score(
                ratingTenths: seen.domainRatingTenths,
                traffic: seen.traffic,
                isDofollow: seen.isDofollow,
                isSpam: seen.isSpam
            ),
            status: seen.httpCode,
            isDofollow: seen.isDofollow,
            anchor: seen.anchor
        )
    }
}
