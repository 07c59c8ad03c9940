public import DomainModel
public import Foundation
public import Postgres

/// `igny8_url_inspection_records`: what Google last said of each of a client's own published pages.
public enum URLInspections {
    /// A page that is to be looked at.
    public struct Page: Sendable, Hashable {
        /// The article; nil for a page that was only imported.
        public let contentID: Int64?
        /// Where it is.
        public let url: String
    }

    /// What was found out about a page.
    public struct Finding: Sendable, Hashable {
        /// Which page.
        public let page: Page
        /// `PASS` is in the index.
        public let verdict: String
        /// In Google's words; nothing is decided by it.
        public let coverageState: String?
        /// `SUCCESSFUL`, `SERVER_ERROR`…
        public let pageFetchState: String?
        /// When Google last came.
        public let lastCrawledAt: Date?

        /// Puts one together.
        public init(
            page: Page,
            verdict: String,
            coverageState: String?,
            pageFetchState: String?,
            lastCrawledAt: Date?
        ) {
            self.page = page
            self.verdict = verdict
            self.coverageState = coverageState
            self.pageFetchState = pageFetchState
            self.lastCrawledAt = lastCrawledAt
        }

        /// `indexed`, `error` where Google tells of a fault, else `pending`.
        public var status: String {
            switch verdict {
            case "PASS": "indexed"
            case "FAIL": "error"
            default: "pending"
            }
        }
    }

    /// The published pages that are due, the least recently inspected first: one that is not found again after two days, one
    /// that is found after two weeks.
    public static func due(of site: Site.ID, limit: Int, in queries: some PostgresQuerying) async throws -> [Page] {
        try await queries.query(
            """
            select c.id as content_id, c.external_url as url
            from igny8_content c
            left join igny8_url_inspection_records known on known.site_id = c.site_id and known.url = c.external_url
            where c.site_id = \(site.rawValue) and c.status = 'published' and not c.is_deleted
                and length(c.external_url) between 8 and 2048
                and (known.inspected_at is null or known.inspected_at <= igny8_now()
                    - case known.status when 'indexed' then interval '13 days 12 hours' else interval '1 day 12 hours' end)
            order by known.inspected_at nulls first, c.id limit \(limit)
            """
        ).map { row in try Page(contentID: row.decode("content_id"), url: row.decode("url")) }
    }

    /// Keeps what was found out, and counts it against the day's quota, in one statement each.
    public static func store(
        _ findings: [Finding],
        by connection: SearchConsoleConnections.Connection,
        in tx: PostgresTransaction
    ) async throws {
        guard !findings.isEmpty else { return }
        try await tx.query(
            """
            insert into igny8_url_inspection_records as known (account_id, site_id, content_id, url, status, verdict,
                coverage_state, page_fetch_state, last_crawled_at, first_indexed_at, inspected_at)
            select \(connection.accountID.rawValue), \(connection.siteID.rawValue), given.content_id, given.url, given.status,
                given.verdict, given.coverage, given.page_state, given.crawled,
                case given.status when 'indexed' then igny8_now() end, igny8_now()
            from unnest(\(findings.map(\.page.contentID)), \(findings.map(\.page.url)), \(findings.map(\.status)),
                \(findings.map(\.verdict)), \(findings.map(\.coverageState)), \(findings.map(\.pageFetchState)),
                \(findings.map(\.lastCrawledAt))) as given (content_id, url, status, verdict, coverage, page_state, crawled)
            order by given.url
            on conflict (site_id, url) do update set content_id = coalesce(excluded.content_id, known.content_id),
                status = excluded.status, verdict = excluded.verdict, coverage_state = excluded.coverage_state,
                page_fetch_state = excluded.page_fetch_state,
                last_crawled_at = coalesce(excluded.last_crawled_at, known.last_crawled_at),
                first_indexed_at = coalesce(known.first_indexed_at, excluded.first_indexed_at),
                inspected_at = excluded.inspected_at
            """
        )
        try await tx.query(
            """
            update igny8_gsc_connections set
                inspections_made = \(findings.count) + case
                    when inspections_on = (igny8_now() at time zone 'America/Los_Angeles')::date then inspections_made
                    else 0 end,
                inspections_on = (igny8_now() at time zone 'America/Los_Angeles')::date
            where id = \(connection.id)
            """
        )
    }
}
