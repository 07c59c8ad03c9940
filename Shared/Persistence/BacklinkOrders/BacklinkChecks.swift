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

    /// A look to be kept.
    public struct New: Sendable {
        let check: BacklinkCheck
        let link: Backlink
        let job: Int64?

        /// - Parameter job: whose look it was.
        public init(_ check: BacklinkCheck, of link: Backlink, job: Int64?) {
            self.check = check
            self.link = link
            self.job = job
        }
    }

    /// Keeps the evidence of looks, in one statement. Business time is the database's to fill in.
    public static func record(_ looks: [New], in tx: PostgresTransaction) async throws {
        let checks = looks.map(\.check)
        try await tx.query(
            """
            insert into igny8_backlink_checks (account_id, site_id, backlink_id, witness, verdict, requested_url, final_url,
                http_status, redirects, headers, charset, body_bytes, page_sha256, snippet, anchor_text, rel, links_found,
                is_noindex, canonical_url, detail, duration_ms, job_id)
            select account_id, site_id, backlink_id, witness, verdict, requested_url, final_url, http_status, redirects,
                headers, charset, body_bytes, page_sha256, snippet, anchor_text, string_to_array(rel, ' '), links_found,
                is_noindex, canonical_url, detail, duration_ms, job_id
            from unnest(\(looks.map(\.link.accountID.rawValue)), \(looks.map(\.link.siteID.rawValue)),
                \(looks.map(\.link.id.rawValue)), \(checks.map(\.witness.rawValue)), \(checks.map(\.verdict.rawValue)),
                \(checks.map(\.requestedURL)), \(checks.map(\.finalURL)), \(checks.map(\.httpStatus)),
                \(try checks.map { try PostgresJSON($0.redirects) }), \(try checks.map { try PostgresJSON($0.headers) }),
                \(checks.map(\.charset)), \(checks.map(\.bodyBytes)), \(checks.map(\.pageHash)),
                \(checks.map(\.snippet)), \(checks.map(\.anchorText)), \(checks.map { $0.rel.joined(separator: " ") }),
                \(checks.map(\.linksFound)), \(checks.map(\.isNoindex)), \(checks.map(\.canonicalURL)),
                \(checks.map(\.detail)), \(checks.map(\.milliseconds)), \(looks.map(\.job))) with ordinality as look
                (account_id, site_id, backlink_id, witness, verdict, requested_url, final_url, http_status, redirects,
                headers, charset, body_bytes, page_sha256, snippet, anchor_text, rel, links_found, is_noindex,
                canonical_url, detail, duration_ms, job_id, position)
            order by position
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
