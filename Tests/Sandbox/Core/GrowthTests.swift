import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Sandbox

@Suite("A core that lives", .timeLimit(.minutes(3))) struct GrowthTests {
    private static let system = Tenant.system(reason: "test").settings(actor: "test")

    /// A Pro site with an article a day for two months.
    private func site(in test: TestDatabase) async throws {
        _ = try await test.owner.batch(
            [
                "update igny8_business_clock set frozen_at = '2026-11-20 05:00Z'",
                """
                insert into igny8_accounts (name, plan_id, time_zone, billing_email)
                select 'x', id, 'UTC', 'o@x.example' from igny8_plans where key = 'scale'
                """,
                """
                insert into igny8_sites (account_id, domain, name, url, industry_id)
                select a.id, 'banner.example', 'Banner', 'https://banner.example/', i.id
                from igny8_accounts a, igny8_industries i where i.slug = 'printing'
                """,
                """
                insert into igny8_sectors (account_id, site_id, industry_id, industry_sector_id, name)
                select s.account_id, s.id, s.industry_id, p.id, p.name from igny8_sites s
                join igny8_industry_sectors p on p.industry_id = s.industry_id and p.slug = 'banners_and_signs'
                """,
                """
                insert into igny8_managed_service_subscriptions (account_id, site_id, tier, status, monthly_price, currency,
                    articles_per_month, started_at)
                select account_id, id, 'pro', 'active', 399, 'USD', 30, '2026-09-17' from igny8_sites
                """,
                """
                insert into igny8_sag_blueprints (account_id, site_id, mode, status, authority, summary)
                select account_id, id, 'full', 'approved', 20, '{"pages": 100, "authority_at_start": 20}' from igny8_sites
                """,
                """
                insert into igny8_sag_clusters (account_id, site_id, blueprint_id, name, hub_title, supporting_titles)
                select account_id, site_id, id, 'Signs', 'Signs', array['a', 'b'] from igny8_sag_blueprints
                """,
                """
                insert into igny8_clusters (account_id, site_id, sector_id, sag_cluster_id, name)
                select c.account_id, c.site_id, s.id, c.id, c.name
                from igny8_sag_clusters c join igny8_sectors s on s.site_id = c.site_id
                """,
                """
                insert into igny8_content (account_id, site_id, sector_id, cluster_id, title, status, external_id, external_url,
                    published_at, word_count)
                select account_id, site_id, sector_id, id, 'Article ' || n, 'published', n::text,
                    'https://banner.example/a' || n || '/', timestamptz '2026-09-18 09:00Z' + n * interval '1 day', 900
                from igny8_clusters, generate_series(1, 60) n
                """,
            ],
            settings: Self.system
        )
    }

    private func texts(_ test: TestDatabase, _ sql: SQL) async throws -> [String] {
        try await test.owner.batch([sql], settings: Self.system)[0].map { row in try row.decode(0, as: String.self) }
    }

    private func live(_ test: TestDatabase, _ days: [String]) async throws {
        for day in days {
            _ = try await test.owner.batch(
                ["call sandbox.live_core_day((\(day) || ' 05:00Z')::timestamptz)"],
                settings: Self.system
            )
        }
    }

    private static let everything: SQL = """
        select text from (
            select 's' || concat_ws(' ', day, query, page, clicks, impressions, position) as text from igny8_gsc_metrics_cache
            union all select 'i' || concat_ws(' ', url, status) from igny8_url_inspection_records
            union all select 'e' || concat_ws(' ', p.external_id, e.day, e.impressions, e.likes)
                from igny8_social_engagements e join igny8_social_posts p on p.id = e.post_id
            union all select 'b' || completion || ' ' || authority from igny8_sag_blueprints
        ) all_rows order by text
        """

    @Test(
        "two lives of the same days are alike, though a day was lived twice in one of them; it grows, with weeks and a year"
    )
    func alike() async throws {
        let days = ["2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"]
        var lives: [[String]] = []
        for order in [days, [days[0], days[0], days[1], days[2], days[2], days[3], days[3]]] {
            try await RunningSandbox.start { sandbox in
                try await site(in: sandbox.test)
                try await live(sandbox.test, order)
                lives.append(try await texts(sandbox.test, Self.everything))
                guard lives.count == 1 else { return }
                let growth = try await texts(
                    sandbox.test,
                    """
                    select (sum(clicks) filter (where day > '2026-10-20') > sum(clicks) filter (
                        where day between '2025-10-21' and '2025-11-18'))::text || ' ' || count(*)
                    from igny8_gsc_metrics_cache where query is null and page is null
                    """
                )
                // 490 days before the first round, without the two whose figures are not final, and three more.
                #expect(growth == ["true 492"])
                let kinds = try await texts(
                    sandbox.test,
                    "select string_agg(distinct left(status, 1), '' order by left(status, 1)) from igny8_url_inspection_records"
                )
                #expect(kinds == ["eip"] || kinds == ["ip"])
                #expect(try await texts(sandbox.test, "select status from igny8_sag_clusters") == ["complete"])
                #expect(try await texts(sandbox.test, "select completion::text from igny8_sag_blueprints") == ["60"])
            }
        }
        #expect(lives[0].count > 2_000)
        #expect(lives[0] == lives[1])
    }

    @Test("Google leaves rows out where there are none, pages by startRow, and tells nothing that is not final")
    func google() async throws {
        try await RunningSandbox.start { sandbox in
            try await site(in: sandbox.test)
            func ask(_ path: String, _ body: String, _ type: String, _ token: String = "") async throws -> WebResponse {
                try await sandbox.client.send(
                    WebRequest(
                        method: .post,
                        url: "\(sandbox.url)/google/\(path)",
                        headers: [("Content-Type", type), ("Authorization", "Bearer \(token)")],
                        body: Array(body.utf8),
                        guardAddresses: false
                    )
                )
            }
            struct Token: Decodable { let access_token: String }
            struct Answer: Decodable {
                struct Row: Decodable { let keys: [String] }
                let rows: [Row]?
            }
            let form = "client_id=a&client_secret=b&grant_type=refresh_token&refresh_token="
            let type = "application/x-www-form-urlencoded"
            let refused = try await ask("token", form + "nonsense", type)
            #expect(refused.status == 400 && refused.text.contains("invalid_grant"))
            let granted = try await ask("token", form + "1%2F%2Fgood", type)
            let token = try JSONDecoder().decode(Token.self, from: Data(granted.body)).access_token
            func figures(_ body: String) async throws -> Answer {
                let path = "webmasters/v3/sites/sc-domain%3Abanner.example/searchAnalytics/query"
                let answer = try await ask(path, body, "application/json", token)
                #expect(answer.status == 200, "\(answer.text)")
                return try JSONDecoder().decode(Answer.self, from: Data(answer.body))
            }
            let whole = #""dimensions": ["date"]"#
            let late = try await figures(#"{"startDate": "2026-11-18", "endDate": "2026-11-30", \#(whole)}"#)
            // It is 19 November, 21:00 in California.
            #expect(late.rows == nil)
            let days = try await figures(#"{"startDate": "2026-11-10", "endDate": "2026-11-30", \#(whole)}"#)
            #expect(days.rows?.map(\.keys) == (10...17).map { ["2026-11-\($0)"] })
            let words =
                #""startDate": "2026-11-10", "endDate": "2026-11-17", "dimensions": ["date", "query"], "rowLimit": 25"#
            let first = try await figures("{\(words)}").rows ?? []
            let second = try await figures("{\(words), \"startRow\": 25}").rows ?? []
            #expect(first.count == 25)
            #expect(!second.isEmpty && Set(first.map(\.keys)).isDisjoint(with: second.map(\.keys)))
            let denied = try await ask(
                "webmasters/v3/sites/sc-domain%3Ano.example/searchAnalytics/query",
                "{}",
                type,
                token
            )
            #expect(denied.status == 400 || denied.status == 403)
        }
    }
}
