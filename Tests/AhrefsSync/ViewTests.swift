import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import AhrefsSync

extension AhrefsTests {
    @Suite("Lists and figures", .timeLimit(.minutes(5))) struct ViewTests {
        @Test(
            "a list that is not there is fetched by a job, served with its age, filtered and paged; stale after a week"
        )
        func lists() async throws {
            try await LinkHouse.open { house in
                try await house.connect()
                let paths = ["backlinks", "referring-domains", "organic-keywords", "top-pages"]
                for path in paths {
                    let first = try await house.ahrefs(.get, "\(path)/banner.example/")
                    #expect(first.status == 200 && first["stale"] == true && first["fetched_at"] == .null)
                    #expect(first.string("job.task") == "refresh_ahrefs_view", "\(first.text)")
                    // Who asks again meanwhile gets the same job, or what it has fetched, or one that finds it done.
                    _ = try await house.ahrefs(.get, "\(path)/banner.example/")
                }
                try await house.settle()
                let calls = try await house.count(
                    "select count(*) from igny8_ahrefs_calls where task = 'refresh_ahrefs_view'"
                )
                #expect(calls == paths.count, "each is paid for once")
                for path in paths {
                    let list = try await house.ahrefs(.get, "\(path)/banner.example/?page_size=3")
                    #expect(list["stale"] == false && list["job"] == .null, "\(list.text)")
                    #expect(list.string("fetched_at") == "2026-11-16T08:00:00Z")
                    #expect(list.count("results") == 3 && list.integer("count") ?? 0 > 3)
                    #expect(list.string("next")?.contains("page=2") == true)
                }
                let follow = try await house.ahrefs(
                    .get,
                    "backlinks/banner.example/?is_dofollow=false&ordering=-domain_rating"
                )
                #expect(follow.count("results") ?? 0 > 0 && follow["results.0.is_dofollow"] == false)
                #expect(try await house.ahrefs(.get, "backlinks/banner.example/?offset=3").status == 400)
                try await house.advance(to: "2026-11-23T07:59:00Z")
                #expect(try await house.ahrefs(.get, "backlinks/banner.example/")["stale"] == false)
                try await house.advance(to: "2026-11-23T08:00:00Z")
                let old = try await house.ahrefs(.get, "backlinks/banner.example/")
                #expect(old["stale"] == true && old.count("results") ?? 0 > 0 && old["job.id"] != nil)
                try await house.settle()
                #expect(
                    try await house.ahrefs(.get, "backlinks/banner.example/").string("fetched_at")
                        == "2026-11-23T08:00:00Z"
                )
                #expect(try await house.dead() == [])
            }
        }

        @Test("metrics, comparison and history: from snapshots where they are, else from a call; the lists agree")
        func figures() async throws {
            try await LinkHouse.open { house in
                try await house.connect("ahrefs_enterprise_figures_1")
                let own = try await house.ahrefs(.get, "domain/banner.example/")
                #expect(own["stale"] == false && own.string("attribution") == "Domain Rating by Ahrefs")
                _ = try await house.ahrefs(.get, "backlinks/banner.example/")
                _ = try await house.ahrefs(.get, "referring-domains/banner.example/")
                let other = try await house.ahrefs(.get, "domain/elsewhere.example/")
                #expect(other["stale"] == true && other["domain_rating"] == .null && other["job.id"] != nil)
                let history = try await house.ahrefs(.get, "domain/banner.example/history/")
                #expect(history["stale"] == true && history.count("results") == 1, "our own snapshot is there already")
                try await house.settle()
                let links = try await house.ahrefs(.get, "backlinks/banner.example/")
                let domains = try await house.ahrefs(.get, "referring-domains/banner.example/")
                #expect(links.integer("count") == own.integer("backlinks"))
                #expect(domains.integer("count") == own.integer("referring_domains"))
                let known = try await house.ahrefs(.get, "domain/elsewhere.example/")
                #expect(known["stale"] == false && known.integer("organic_traffic") ?? 0 > 0)
                let past = try await house.ahrefs(.get, "domain/banner.example/history/")
                #expect(past["stale"] == false && past.count("results") ?? 0 >= 12)
                #expect(past["results.0.domain_rating"] != .null && past["results.0.referring_domains"] != .null)
                let beside = try await house.ahrefs(.get, "domain/banner.example/compare/")
                #expect(beside.count("results") == 3 && beside.string("results.1.domain") == "rival-one.example")
                let named = try await house.ahrefs(.get, "domain/banner.example/compare/?with=elsewhere.example")
                #expect(named.count("results") == 2 && named["results.1.stale"] == false)
                #expect(try await house.ahrefs(.get, "domain/banner.example/compare/?with=no%20domain").status == 400)
                #expect(try await house.ahrefs(.get, "domain/nothing/").status == 404)
                #expect(try await house.dead() == [])
            }
        }

        @Test(
            "prospects link to competitors and not to the site; what plans do not include is refused; others see nothing"
        )
        func prospects() async throws {
            try await LinkHouse.open { house in
                try await house.connect()
                let path = "prospects/?site_id=\(house.client.site.rawValue)"
                let first = try await house.ahrefs(.get, path)
                #expect(first["stale"] == true && first.count("results") == 0 && first["job.id"] != nil)
                try await house.settle()
                let found = try await house.ahrefs(.get, path + "&page_size=200")
                #expect(found["stale"] == false && found.integer("count") ?? 0 > 10)
                let wrong = try await house.count(
                    """
                    select count(*) from igny8_ahrefs_cache c cross join lateral jsonb_array_elements(c.rows) r
                    where c.view = 'referring_domains' and c.domain = 'banner.example'
                        and r.value ->> 'domain' = \(found.string("results.0.domain") ?? "")
                    """
                )
                #expect(wrong == 0)
                #expect(try await house.ahrefs(.get, "prospects/").status == 400)
                let other = try await house.transaction { tx in
                    try await LinkHouse.owner("growing", plan: .growth, in: tx)
                }
                let token = try await house.signIn("owner@growing.example")
                let asked = try await house.api(.get, "integration/ahrefs/" + path, as: token)
                #expect(asked.status == 403 && asked.string("needed") == "full")
                let empty = try await house.api(.get, "integration/ahrefs/backlinks/banner.example/", as: token)
                #expect(empty.status == 200 && empty.integer("count") == 0 && empty["job"] == .null)
                _ = try await house.transaction { tx in
                    try await tx.query(
                        """
                        update igny8_accounts set plan_id = (select id from igny8_plans where key = 'scale')
                        where id = \(other.0.rawValue)
                        """
                    )
                }
                #expect(try await house.api(.get, "integration/ahrefs/" + path, as: token).status == 404)
                let body: JSONValue = ["site_id": .integer(house.client.site.rawValue)]
                #expect(try await house.api(.post, "integration/ahrefs/snapshot/", as: token, body).status == 404)
            }
        }
    }
}
