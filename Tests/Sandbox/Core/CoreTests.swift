import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(3))) struct CoreTests {
    private struct Blueprint: Encodable, Sendable {
        var subscription_id: Int64
        var site_id: Int64
        var mode = "quick"
    }

    private struct Month: Encodable, Sendable {
        var subscription_id: Int64
        var site_id: Int64
        var period_start = "2026-09-01"
    }

    private func withCore(_ body: (RunningSandbox) async throws -> Void) async throws {
        try await TestRedis.withServer { redis in
            try await RunningSandbox.start(redis: redis.url) { sandbox in
                _ = try await sandbox.json(.post, "/clock/", #"{"freeze": "2026-09-17T08:00:00Z"}"#)
                try await body(sandbox)
            }
        }
    }

    @Test("a blueprint is made once, and the client approves it within two hours")
    func blueprint() async throws {
        try await withCore { sandbox in
            let client = try await CoreFixture(sandbox, host: "banner.example")
            let request = Blueprint(subscription_id: client.subscription, site_id: client.site)
            try await client.ask("generate_blueprint", request)
            try await client.settle()
            try await client.ask("generate_blueprint", request)
            try await client.settle()
            let made = try await client.query("select id, status, version, mode from igny8_sag_blueprints")
            #expect(made.count == 1)
            #expect(try made[0].decode("status") == "review")
            #expect(try await client.count("select count(*) as count from igny8_sag_clusters") == 4)
            #expect(
                try await client.count(
                    """
                    select count(*) as count from igny8_approvals
                    where status = 'pending' and subject_id = \(made[0].decode("id", as: Int64.self))
                    """
                ) == 1
            )
            #expect(try await client.asked("onboard_managed_client") == 1)
            try await client.live(until: "2026-09-17T10:00:00Z")
            let approval = try await client.query("select status, decided_by, decided_at from igny8_approvals")
            #expect(try approval[0].decode("status") == "approved")
            #expect(try approval[0].decode("decided_by", as: Int64?.self) != nil)
            #expect(try await client.asked("onboard_managed_client") == 2)
        }
    }

    @Test("a connected plugin makes the site answer, its integration active, and goes on with onboarding, once")
    func plugin() async throws {
        try await withCore { sandbox in
            let client = try await CoreFixture(sandbox, host: "banner.example")
            let order = """
                {"events": [{"name": "banner-plugin", "kind": "connect_plugin", "due_at": "2026-09-20T09:00:00Z",
                "payload": {"site_id": \(client.site)}}]}
                """
            #expect(try await sandbox.json(.post, "/world/", order).integer("added") == 1)
            #expect(try await sandbox.json(.post, "/world/", order).integer("added") == 0)
            #expect(try await sandbox.send(.get, "/due/").text("next") == "2026-09-20T09:00:00Z")
            let ping = "/wordpress/\(client.host)/wp-json/igny8/v1/ping"
            #expect(try await sandbox.send(.get, ping).status == 404)
            try await client.live(until: "2026-09-20T09:00:00Z")
            #expect(try await sandbox.send(.get, ping).status == 200)
            let row = try await client.query("select status, base_url from igny8_site_integrations")
            #expect(row.count == 1)
            #expect(try row[0].decode("status") == "active")
            #expect(try row[0].decode("base_url") == "\(sandbox.url)/wordpress/\(client.host)")
            #expect(try await client.asked("onboard_managed_client") == 1)
            #expect(try await sandbox.send(.get, "/world/").text("0.done_at") == "2026-09-20T09:00:00Z")
        }
    }

    @Test("a month is written and published by the calendar, each article once, although the site fails")
    func month() async throws {
        try await withCore { sandbox in
            let client = try await CoreFixture(sandbox, host: "banner.example")
            try await client.ask(
                "generate_blueprint",
                Blueprint(subscription_id: client.subscription, site_id: client.site)
            )
            _ = try await sandbox.json(
                .post,
                "/world/",
                """
                {"events": [{"name": "p", "kind": "connect_plugin", "due_at": "2026-09-17T08:00:00Z",
                "payload": {"site_id": \(client.site)}}]}
                """
            )
            try await client.settle()
            try await plan(client)
            for kind in ["reset_after_effect", "503", "reset"] {
                _ = try await sandbox.json(
                    .post,
                    "/faults/",
                    #"{"provider": "wordpress", "match": "POST **", "kind": "\#(kind)", "count": 1}"#
                )
            }
            let month = Month(subscription_id: client.subscription, site_id: client.site)
            try await client.ask("write_content", month)
            try await client.settle()
            #expect(try await published(client) == 0)
            #expect(
                try await client.count("select count(*) as count from igny8_content where word_count >= 1200") == 4
            )
            try await client.ask("write_content", month)
            try await client.live(until: "2026-09-24T11:00:00Z")
            #expect(try await published(client) == 2)
            try await client.live(until: "2026-09-30T23:00:00Z")
            #expect(try await published(client) == 4)
            #expect(try await client.asked("record_published_content") == 4)
            #expect(
                try await sandbox.test.owner.query("select slug from sandbox.wordpress_posts").count == 4
            )
            let hours = try await client.query(
                "select extract(hour from published_at at time zone 'Europe/London')::integer as hour from igny8_content"
            )
            #expect(try hours.allSatisfy { (9...17).contains(try $0.decode("hour", as: Int.self)) })
            let link = try await client.query("select external_url from igny8_content order by id limit 1")
            let url: String = try link[0].decode("external_url")
            #expect(try await sandbox.send(.get, String(url.dropFirst(sandbox.url.count))).status == 200)
        }
    }

    @Test("a paused service publishes nothing until it is resumed; a cancelled one never")
    func paused() async throws {
        try await withCore { sandbox in
            let client = try await CoreFixture(sandbox, host: "banner.example")
            try await client.ask(
                "generate_blueprint",
                Blueprint(subscription_id: client.subscription, site_id: client.site)
            )
            try await client.settle()
            try await WordPressSites.connect(client.host, in: sandbox.test.owner)
            try await client.query(
                """
                insert into igny8_site_integrations (account_id, site_id, platform, status, base_url)
                values (\(client.account), \(client.site), 'wordpress', 'active',
                    \("\(sandbox.url)/wordpress/\(client.host)"))
                """
            )
            try await plan(client)
            try await setStatus("paused", client)
            try await client.ask(
                "write_content",
                Month(subscription_id: client.subscription, site_id: client.site)
            )
            try await client.live(until: "2026-09-26T08:00:00Z")
            #expect(try await published(client) == 0)
            try await setStatus("active", client)
            try await client.live(until: "2026-09-27T20:00:00Z")
            #expect(try await published(client) == 3)
            try await setStatus("cancelled", client)
            try await client.live(until: "2026-10-05T08:00:00Z")
            #expect(try await published(client) == 3)
            let left = "select count(*) as count from igny8_jobs where queue = 'core' and task = 'publish_content'"
            #expect(try await client.count(SQL(unsafeRaw: left)) == 0)
        }
    }

    private func published(_ client: CoreFixture) async throws -> Int {
        try await client.count("select count(*) as count from igny8_content where status = 'published'")
    }

    private func setStatus(_ status: String, _ client: CoreFixture) async throws {
        try await client.query(
            """
            update igny8_managed_service_subscriptions
            set status = \(status), started_at = coalesce(started_at, igny8_now()),
                cancelled_at = case when \(status) = 'cancelled' then igny8_now() end
            where id = \(client.subscription)
            """
        )
    }

    /// Four articles of September, due at noon of the 17th, 21st, 25th and 29th.
    private func plan(_ client: CoreFixture) async throws {
        try await client.query(
            """
            insert into igny8_clusters (account_id, site_id, sector_id, sag_cluster_id, name, status)
            select sag.account_id, sag.site_id, sag.sector_id, sag.id, sag.name, 'mapped' from igny8_sag_clusters sag
            """
        )
        try await client.query(
            """
            insert into igny8_tasks (account_id, site_id, sector_id, cluster_id, title, target_words,
                managed_subscription_id, period_start, period_position, due_at)
            select cluster.account_id, cluster.site_id, cluster.sector_id, cluster.id, 'Article ' || position, 1200,
                \(client.subscription), '2026-09-01', position,
                '2026-09-17 12:00 Europe/London'::timestamptz + (position - 1) * interval '4 days'
            from generate_series(1, 4) position,
                (select * from igny8_clusters where site_id = \(client.site) order by id limit 1) cluster
            """
        )
    }
}
