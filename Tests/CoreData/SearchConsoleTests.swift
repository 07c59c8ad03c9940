import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Reporting

@Suite("Search Console", .timeLimit(.minutes(5))) struct SearchConsoleTests {
    /// Articles that are out, one a day.
    private func publish(_ number: Int, in house: DataHouse) async throws {
        try await house.run(
            """
            with sector as (
                select * from igny8_sectors where site_id = \(house.site.rawValue)
            ), cluster as (
                insert into igny8_clusters (account_id, site_id, sector_id, name)
                select account_id, site_id, id, 'Signs' from sector returning *
            )
            insert into igny8_content (account_id, site_id, sector_id, cluster_id, title, status, external_id, external_url,
                published_at, word_count)
            select account_id, site_id, sector_id, id, 'Article ' || n, 'published', n::text,
                'https://banner.example/a' || n || '/', timestamptz '2026-10-01 09:00Z' + n * interval '1 day', 900
            from cluster, generate_series(1, \(number)) n
            """
        )
    }

    @Test("a consent is read at once: all days of the site, its queries and its pages; the next day only what is new")
    func sync() async throws {
        try await DataHouse.open { house in
            try await publish(12, in: house)
            try await house.connect()
            try await house.settle()
            #expect(try await house.dead().isEmpty)
            let day = try await house.texts("select synced_through::text from igny8_gsc_connections")
            // 2 November, 08:00 in London, is past midnight in California; figures are final two days later.
            #expect(day == ["2026-10-31"])
            let whole: SQL = "select count(*) from igny8_gsc_metrics_cache where query is null and page is null"
            #expect(try await house.count(whole) == 486)
            #expect(try await house.count("select count(*) from igny8_gsc_metrics_cache where query is not null") > 900)
            let apart = try await house.count(
                """
                select count(*) from (
                    select (sum(clicks) filter (where page is not null)
                        - sum(clicks) filter (where page is null and query is null)) as difference
                    from igny8_gsc_metrics_cache where day >= '2026-08-01' group by day
                ) days where difference <> 0
                """
            )
            #expect(apart == 0)

            // Google corrects a day, and another one comes.
            try await house.run(
                "update igny8_gsc_metrics_cache set clicks = 0 where day = '2026-10-31' and query is null and page is null"
            )
            try await house.advance(to: "2026-11-03T08:00:00Z")
            try await house.enqueue(CoreDataJobs.startDay(at: try Date("2026-11-03T08:00:00Z", strategy: .iso8601)))
            try await house.settle()
            #expect(try await house.count(whole) == 487)
            let corrected: SQL = """
                select clicks::bigint from igny8_gsc_metrics_cache
                where day = '2026-10-31' and query is null and page is null
                """
            #expect(try await house.count(corrected) > 0)
            let status = try await house.call(.get, "integration/search-console/status/", as: house.owner)
            #expect(status.string("connections.0.synced_through") == "2026-11-01", "\(status.text)")
            // The same day's round has asked about the pages, too.
            #expect(try await house.count("select count(*) from igny8_url_inspection_records") == 12)
            #expect(
                try await house.count("select count(*) from igny8_url_inspection_records where status = 'indexed'") > 6
            )
            #expect(try await house.count("select inspections_made::bigint from igny8_gsc_connections") == 12)
            // What was found is not asked about again the next day.
            try await house.advance(to: "2026-11-04T08:00:00Z")
            try await house.enqueue(CoreDataJobs.inspect(1, version: 1, account: house.account))
            try await house.settle()
            #expect(try await house.count("select count(*) from igny8_url_inspection_records where revision > 1") == 0)
        }
    }

    @Test("basic reads figures and inspects nothing")
    func basic() async throws {
        try await DataHouse.open(plan: .starter) { house in
            try await publish(2, in: house)
            try await house.connect()
            try await house.enqueue(CoreDataJobs.startDay(at: try Date(DataHouse.start, strategy: .iso8601)))
            try await house.enqueue(CoreDataJobs.inspect(1, version: 1, account: house.account))
            try await house.settle()
            #expect(try await house.count("select count(*) from igny8_gsc_metrics_cache") > 0)
            #expect(try await house.count("select count(*) from igny8_url_inspection_records") == 0)
        }
    }

    @Test("a consent that has ended asks the client once, stops all calls, and goes on when it is given again")
    func consent() async throws {
        try await DataHouse.open { house in
            try await house.sandbox(
                "google/grants/",
                ["refresh_token": .string(DataHouse.consent), "is_revoked": true]
            )
            try await house.connect()
            try await house.settle()
            #expect(try await house.texts("select status from igny8_gsc_connections") == ["consent_needed"])
            let flag: SQL =
                "select count(*) from igny8_delivery_flags where kind = 'consent_needed' and cleared_at is null"
            #expect(try await house.count(flag) == 1)
            #expect(try await house.count("select count(*) from igny8_jobs where task = 'ask_for_consent'") == 1)
            #expect(try await house.dead().isEmpty)
            // Nothing is asked any more.
            let asked: SQL = "select coalesce(sum(refreshes), 0)::bigint from sandbox.google_grants"
            let before = try await house.test.owner.query(asked)[0].decode(0, as: Int64.self)
            try await house.enqueue(
                CoreDataJobs.startDay(at: try Date(DataHouse.start, strategy: .iso8601)),
                CoreDataJobs.sync(1, version: 1, account: house.account)
            )
            try await house.settle()
            #expect(try await house.test.owner.query(asked)[0].decode(0, as: Int64.self) == before)
            #expect(try await house.count("select count(*) from igny8_gsc_metrics_cache") == 0)

            try await house.connect("1//another-consent-of-the-client")
            try await house.settle()
            #expect(try await house.texts("select status from igny8_gsc_connections") == ["active"])
            #expect(try await house.count(flag) == 0)
            #expect(try await house.count("select count(*) from igny8_gsc_metrics_cache") > 0)
            let gone = try await house.call(
                .delete,
                "integration/search-console/disconnect/?site_id=\(house.site)",
                as: house.owner
            )
            #expect(gone.status == 204, "\(gone.text)")
            #expect(try await house.count("select length(refresh_token)::bigint from igny8_gsc_connections") == 0)
        }
    }

    @Test(
        "whatever Google answers costs one attempt, and the next one brings the figures",
        arguments: ["garbage", "half_body", "redirect_inside", "500", "503", "reset"]
    )
    func hostile(kind: String) async throws {
        try await DataHouse.open { house in
            try await house.sandbox(
                "faults/",
                ["provider": "google", "match": "POST /webmasters/**", "kind": .string(kind), "count": 1]
            )
            try await house.connect()
            try await house.settle()
            #expect(try await house.dead().isEmpty)
            let attempts = try await house.count(
                """
                select jsonb_array_length(errors)::bigint from igny8_job_history where task = 'sync_search_console'
                """
            )
            #expect(attempts == 1)
            #expect(try await house.texts("select status from igny8_gsc_connections") == ["active"])
            #expect(try await house.count("select count(*) from igny8_gsc_metrics_cache") > 1_000)
        }
    }

    @Test("a quota that is exceeded is waited for, a quarter of an hour, by all of the connection's jobs")
    func quota() async throws {
        try await DataHouse.open { house in
            try await house.sandbox("faults/", ["provider": "google", "match": "POST /webmasters/**", "kind": "429"])
            try await house.connect()
            let limit = ContinuousClock.now + .seconds(120)
            let waiting: SQL = """
                select count(*) from igny8_gsc_connections
                where waits_until between now() + interval '13 minutes' and now() + interval '15 minutes'
                """
            while try await house.count(waiting) == 0 {
                try #require(.now < limit)
                try await Task.sleep(for: .milliseconds(5))
            }
            let calls = try await house.test.owner.query("select sum(hits)::bigint from sandbox.faults")
            #expect(try calls[0].decode(0, as: Int64.self) == 1)
            #expect(try await house.dead().isEmpty)
        }
    }

    @Test("no secret is in a log, a job, an error or an answer")
    func secrets() async throws {
        try await DataHouse.open { house in
            try await house.sandbox(
                "google/grants/",
                ["refresh_token": .string(DataHouse.consent), "is_revoked": true]
            )
            let said = try await house.connect().text
            try await house.settle()
            try await house.connect("1//canary-of-the-consent-second")
            try await house.settle()
            let status = try await house.call(.get, "integration/search-console/status/", as: house.owner).text
            let kept = try await house.texts(
                """
                select coalesce(string_agg(text, ' '), '') from (
                    select row_to_json(j)::text as text from igny8_jobs j
                    union all select row_to_json(h)::text from igny8_job_history h
                    union all select row_to_json(d)::text from igny8_dead_jobs d
                    union all select row_to_json(a)::text from igny8_audit_events a
                    union all select row_to_json(f)::text from igny8_delivery_flags f
                    union all select last_error from igny8_gsc_connections
                ) everything
                """
            ).joined()
            for canary in ["canary-of-the-consent", DataHouse.clientSecret, "ya29."] {
                for text in [said, status, kept, house.logs.text] {
                    #expect(!text.contains(canary), "\(canary)")
                }
            }
        }
    }
}
