import DomainModel
import JobQueue
import Persistence
import Postgres

/// Some of a site's links, and what Ahrefs is asked about them.
struct LinkQuestion: Sendable {
    let open: OpenConnection
    let domain: String
    let links: [AhrefsLinks.Link]
    let filter: AhrefsLinkFilter
    /// Behind which link the next job begins; nil where these are the last.
    let next: Int64?

    /// So many links in one request: the address stays below what servers take.
    static let most = 25

    /// Room for a site that links several times.
    var rows: Int { min(max(4 * links.count, 10), open.connection.rowsPerRequest) }
}

extension Bureau {
    /// What a job about links is to ask; nil where there is nothing, which completes the job.
    /// - Parameter days: how far back a loss may lie; nil asks for live links.
    func question(
        _ payload: AhrefsJobs.Links,
        lostSince days: Int?,
        _ context: JobContext
    ) async throws -> LinkQuestion? {
        try await transaction(context) { tx in
            guard let open = try await open(payload.accountID, in: tx) else { throw AhrefsStop.notConnected }
            let tenant = Tenant.account(payload.accountID)
            let site = try await Sites.find(payload.siteID, for: tenant, in: tx)
            let links = try await AhrefsLinks.live(
                of: payload.siteID,
                after: payload.after,
                limit: LinkQuestion.most,
                for: tenant,
                in: tx
            )
            guard let site, let last = links.last else {
                try await context.complete(in: tx)
                return nil
            }
            return LinkQuestion(
                open: open,
                domain: site.domain.name,
                links: links,
                filter: AhrefsLinkFilter(
                    sources: Set(links.map(\.sourceDomain)).sorted(),
                    lostSince: days.map { open.today.adding(days: -$0) }
                ),
                next: links.count == LinkQuestion.most ? last.id.rawValue : nil
            )
        }
    }

    /// What Ahrefs has of these links, by their ids.
    func ask(
        _ question: LinkQuestion,
        _ payload: AhrefsJobs.Links,
        _ context: JobContext
    ) async throws -> [Int64: AhrefsBacklink] {
        let found = try await call(
            .allBacklinks,
            about: question.domain,
            for: payload.siteID,
            forecast: question.filter.forecast(rows: question.rows),
            question.open,
            context
        ) { ahrefs, key throws(AhrefsError) in
            try await ahrefs.backlinks(of: question.domain, question.filter, rows: question.rows, key: key)
        }
        let ours = question.links.map {
            LinkMatch.Ours(id: $0.id.rawValue, source: $0.sourceURL, target: $0.targetURL)
        }
        return LinkMatch.find(ours, in: found ?? [])
    }
}
