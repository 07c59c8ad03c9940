public import DomainModel
public import Foundation
public import Postgres

/// `igny8_backlink_checks`: what each look at a link found, append-only.
public enum BacklinkChecks {
    /// A check as it stands in the history.
    public struct Entry: Sendable, Identifiable {
        /// The row's id.
        public let id: Int64
        /// Which link.
        public let backlinkID: Backlink.ID
        /// Business time.
        public let checkedAt: Date
        /// The evidence.
        public let check: BacklinkCheck
    }

    /// Keeps the evidence of a look. Business time and the link's site are the database's to fill in.
    public static func record(
        _ check: BacklinkCheck,
        of link: Backlink,
        job: Int64?,
        in tx: PostgresTransaction
    ) async throws {
        try await tx.query(
            """
            insert into igny8_backlink_checks (account_id, site_id, backlink_id, witness, verdict, requested_url, final_url,
                http_status, redirects, headers, charset, body_bytes, page_sha256, snippet, anchor_text, rel, links_found,
                is_noindex, canonical_url, detail, duration_ms, job_id)
            values (\(link.accountID.rawValue), \(link.siteID.rawValue), \(link.id.rawValue), \(check.witness.rawValue),
                \(check.verdict.rawValue), \(check.requestedURL), \(check.finalURL), \(check.httpStatus),
                \(try PostgresJSON(check.redirects)), \(try PostgresJSON(check.headers)), \(check.charset),
                \(check.bodyBytes), \(check.pageHash), \(check.snippet), \(check.anchorText),
                \(check.rel), \(check.linksFound), \(check.isNoindex), \(check.canonicalURL), \(check.detail),
                \(check.milliseconds), \(job))
            """
        )
    }

    /// The history of some links, the newest first, in one query.
    /// - Parameter limit: at most so many of each link.
    public static func latest(
        _ limit: Int,
        of links: [Backlink.ID],
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Entry] {
        try await queries.query(
            """
            select c.* from unnest(\(links.map(\.rawValue))) as wanted (id)
            cross join lateral (
                select id, backlink_id, checked_at, witness, verdict, requested_url, final_url, http_status, redirects,
                    headers, charset, body_bytes, page_sha256, snippet, anchor_text, rel, links_found, is_noindex,
                    canonical_url, detail, duration_ms
                from igny8_backlink_checks
                where backlink_id = wanted.id and \(fragment: tenant.owns()) order by id desc limit \(limit)
            ) c
            order by c.backlink_id, c.id desc
            """
        ).map(decode)
    }

    private static func decode(_ row: PostgresRow) throws -> Entry {
        var check = BacklinkCheck(
            try row.word("witness"),
            try row.word("verdict"),
            requestedURL: try row.decode("requested_url")
        )
        check.finalURL = try row.decode("final_url")
        check.httpStatus = try row.decode("http_status")
        check.redirects = try row.json("redirects")
        check.headers = try row.json("headers")
        check.charset = try row.decode("charset")
        check.bodyBytes = try row.decode("body_bytes")
        check.pageHash = try row.decode("page_sha256")
        check.snippet = try row.decode("snippet")
        check.anchorText = try row.decode("anchor_text")
        check.rel = try row.decode("rel")
        check.linksFound = try row.decode("links_found")
        check.isNoindex = try row.decode("is_noindex")
        check.canonicalURL = try row.decode("canonical_url")
        check.detail = try row.decode("detail")
        check.milliseconds = try row.decode("duration_ms")
        return Entry(
            id: try row.decode("id"),
            backlinkID: try row.id("backlink_id"),
            checkedAt: try row.decode("checked_at"),
            check: check
        )
    }
}
