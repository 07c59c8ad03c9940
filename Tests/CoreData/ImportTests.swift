import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Reporting

@Suite("Data of the core", .timeLimit(.minutes(5))) struct ImportTests {
    @Test("rows are written by their key, twice is once, and what is wrong is told with line and field")
    func metrics() async throws {
        try await DataHouse.open { house in
            let rows = """
                {"site": "banner.example", "day": "2026-10-01", "clicks": 5, "impressions": 100, "ctr": 0.05, "position": 12.5}
                {"site": "banner.example", "day": "2026-10-01", "query": "signs", "clicks": 2.0, "impressions": 20}

                {"site": "nobody.example", "day": "2026-10-01", "clicks": 1, "impressions": 1}
                {"site": "banner.example", "day": "2026-10-32", "clicks": 1, "impressions": 1}
                {"site": "banner.example", "day": "2026-10-02", "clicks": 9, "impressions": 1}
                not an object
                {"site": "banner.example", "day": "2026-10-03", "clicks": 1, "impressions": 1, "colour": "red"}
                {"site": "banner.example", "account_id": \(house.stranger), "day": "2026-10-03", "clicks": 1, "impressions": 1}
                {"site_id": \(house.site), "day": "2026-10-02", "clicks": 1, "impressions": 7, "position": 3}
                {"site_id": \(house.site), "day": "2026-10-02", "clicks": 3, "impressions": 8, "position": 3}
                """
            let first = try await house.send(rows, kind: "gsc_metrics")
            #expect(first.integer("new") == 3, "\(first.text)")
            #expect(first.integer("rows") == 10)
            #expect(first.integer("known") == 1)
            #expect(first.integer("failed") == 6)
            let faults = first.faults("errors")
            #expect(faults == ["4 site", "5 day", "6 clicks", "7", "8 colour", "9 site"], "\(first.text)")
            let again = try await house.send(rows, kind: "gsc_metrics")
            #expect(again.integer("new") == 0)
            #expect(again.integer("known") == 4)
            // Of two lines of a key the last counts.
            let stored = try await house.texts(
                """
                select day || ' ' || coalesce(query, '-') || ' ' || clicks || ' ' || impressions || ' ' || position
                from igny8_gsc_metrics_cache order by day, query nulls first
                """
            )
            #expect(
                stored == ["2026-10-01 - 5 100 12.500", "2026-10-01 signs 2 20 0.000", "2026-10-02 - 3 8 3.000"]
            )
            #expect(try await house.count("select count(*) from igny8_core_import_parts") == 0)
        }
    }

    @Test("a key brings rows of its own account alone, and nobody else brings any")
    func bound() async throws {
        try await DataHouse.open { house in
            let key = try await house.key(of: house.stranger, [.importWrite])
            let rows = """
                site,day,clicks,impressions
                stranger.example,2026-10-01,1,2
                banner.example,2026-10-01,1,2
                """
            let reply = try await house.send(rows, kind: "gsc_metrics", as: key)
            #expect(reply.integer("new") == 1, "\(reply.text)")
            #expect(reply.integer("failed") == 1)
            #expect(reply.integer("errors.0.line") == 3)
            let refused = try await DataHouse.send(
                .post,
                "\(house.gatewayURL)/api/v1/platform/import/?kind=gsc_metrics",
                headers: [("Authorization", house.owner)],
                bytes: Array(rows.utf8)
            )
            #expect(refused.status == 403)
            let id = try #require(reply.integer("id"))
            #expect(try await house.call(.get, "platform/import/\(id)/", as: house.owner).status == 404)
            #expect(try await house.call(.get, "platform/import/\(id)/", as: house.staff).status == 200)
        }
    }

    /// A row of each kind, in the order in which they name each other.
    private static let rows: [(kind: String, table: String, row: String)] = [
        ("clusters", "igny8_clusters", #""sector": "banners and signs", "name": "Vinyl", "volume": 10"#),
        (
            "content", "igny8_content",
            #""sector": "Banners and signs", "cluster": "vinyl", "external_id": "7", "title": "All of it", "#
                + #""status": "published", "published_at": "2026-10-02T08:00:00Z", "external_url": "https://banner.example/7/", "#
                + #""word_count": 900, "secondary_keywords": ["a", "b"]"#
        ),
        (
            "images", "igny8_images",
            #""url": "https://banner.example/7.webp", "content_external_id": "7", "kind": "featured""#
        ),
        ("gsc_metrics", "igny8_gsc_metrics_cache", #""day": "2026-10-01", "clicks": 0, "impressions": 0"#),
        (
            "url_inspections", "igny8_url_inspection_records",
            #""url": "https://banner.example/7/", "status": "indexed", "verdict": "PASS", "#
                + #""inspected_at": "2026-10-05T08:00:00.5Z""#
        ), ("social_accounts", "igny8_social_accounts", #""platform": "linkedin", "handle": "banner""#),
        (
            "social_posts", "igny8_social_posts",
            #""platform": "linkedin", "handle": "banner", "external_id": "p1", "posted_at": "2026-10-02T09:00:00Z""#
        ),
        (
            "social_engagements", "igny8_social_engagements",
            #""platform": "linkedin", "handle": "banner", "external_id": "p1", "day": "2026-10-02", "likes": 4"#
        ),
        (
            "sag_blueprints", "igny8_sag_blueprints",
            #""version": 1, "mode": "full", "status": "approved", "completion": 40, "authority": 30"#
        ),
        (
            "sag_clusters", "igny8_sag_clusters",
            #""blueprint_version": 1, "name": "Vinyl", "hub_title": "Vinyl", "supporting_titles": ["x", "y"]"#
        ),
        (
            "keywords", "igny8_keywords",
            #""sector": "Banners and signs", "keyword": "vinyl banner", "cluster": "Vinyl""#
        ),
    ]

    @Test("each kind is written once and known the second time, and what a row leaves out stays")
    func kinds() async throws {
        try await DataHouse.open { house in
            try await house.run(
                """
                insert into igny8_seed_keywords (industry_id, industry_sector_id, keyword, country)
                select industry_id, industry_sector_id, 'vinyl banner', 'GB' from igny8_sectors
                where site_id = \(house.site.rawValue) on conflict do nothing
                """
            )
            #expect(Set(Self.rows.map(\.kind)) == Set(CoreKind.names))
            for (kind, table, row) in Self.rows {
                let line = "{\"site\": \"banner.example\", \(row)}"
                let first = try await house.send(line, kind: kind)
                #expect(first.integer("new") == 1, "\(kind): \(first.text)")
                let second = try await house.send(line, kind: kind)
                #expect(second.integer("known") == 1, "\(kind): \(second.text)")
                let rows = try await house.count("select count(*) from \(identifier: table)")
                #expect(rows == 1, "\(kind)")
            }
            let short =
                #"{"site": "banner.example", "sector": "Banners and signs", "cluster": "Vinyl", "#
                + #""external_id": "7", "title": "New title", "published_at": "2026-10-02T08:00:00Z"}"#
            _ = try await house.send(short, kind: "content")
            let kept = try await house.texts(
                "select title || ' ' || word_count || ' ' || status || ' ' || secondary_keywords[2] from igny8_content"
            )
            #expect(kept == ["New title 900 published b"])
            // What names nothing is refused whole.
            let lost = try await house.send(
                #"{"site": "banner.example", "platform": "linkedin", "handle": "nobody", "external_id": "p9", "#
                    + #""posted_at": "2026-10-02T09:00:00Z"}"#,
                kind: "social_posts"
            )
            #expect(lost.string("errors.0.field") == "handle", "\(lost.text)")
        }
    }

    @Test("100,000 rows come in pieces, and an attempt that takes over counts none twice")
    func many() async throws {
        try await DataHouse.open { house in
            var text = "site,day,page,clicks,impressions\n"
            for number in 0..<20_000 { text += "banner.example,2026-10-01,https://banner.example/\(number)/,1,2\n" }
            // The attempt before was lost after 3,000 rows.
            let id = try await house.transaction { [text] tx in
                let id = try await CoreImports.store(
                    Array(text.utf8),
                    format: "csv",
                    kind: try #require(CoreKind.named("gsc_metrics")),
                    account: nil,
                    createdBy: nil,
                    in: tx
                )
                var count = CoreImportCount()
                count.rows = 3_000
                count.new = 3_000
                #expect(try await CoreImports.advance(id, from: nil, to: count, in: tx))
                return id
            }
            try await house.enqueue(CoreDataJobs.read(id, account: nil))
            try await house.settle()
            let reply = try await house.call(.get, "platform/import/\(id)/", as: house.staff)
            #expect(reply.integer("rows") == 20_000, "\(reply.text)")
            #expect(reply.integer("new") == 20_000)
            #expect(try await house.count("select count(*) from igny8_gsc_metrics_cache") == 17_000)
            #expect(try await house.dead().isEmpty)
        }
    }
}
