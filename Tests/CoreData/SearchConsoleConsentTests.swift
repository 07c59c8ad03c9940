import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Reporting

/// A browser that is sent to Google and comes back.
extension DataHouse {
    fileprivate static let callback = "integration/search-console/callback/"

    fileprivate func ask(_ property: String? = nil, site: Int64? = nil) async throws -> Reply {
        var body: [String: JSONValue] = ["site_id": .integer(site ?? self.site.rawValue)]
        if let property { body["property"] = .string(property) }
        return try await call(.post, "integration/search-console/consent/", as: owner, .object(body))
    }

    /// Follows the link to Google: where it sends the browser back to.
    /// - Parameter play: changes the address, and with it what Google does.
    fileprivate func wayBack(_ property: String? = nil, _ play: (String) -> String = { $0 }) async throws -> String {
        let link = try await ask(property)
        try #require(link.status == 200, "\(link.text)")
        let google = try await Self.send(.get, play(try #require(link.string("url"))))
        try #require(google.status == 302, "\(google.text)")
        return try #require(google.header("Location"))
    }

    /// All the way, until every job is done.
    @discardableResult
    fileprivate func consent(_ property: String? = nil, _ play: (String) -> String = { $0 }) async throws -> Reply {
        let page = try await Self.send(.get, try await wayBack(property, play))
        try #require(page.status == 200, "\(page.text)")
        try await settle()
        return page
    }

    fileprivate func status() async throws -> Reply {
        try await call(.get, "integration/search-console/status/", as: owner)
    }

    fileprivate func connections() async throws -> [String] {
        try await texts(
            "select property || ' ' || status || ' ' || token_version from igny8_gsc_connections order by id"
        )
    }

    /// Of all consents: nothing secret is left in them.
    fileprivate func secretsLeft() async throws -> Int {
        try await count(
            """
            select coalesce(sum(length(verifier) + length(code) + length(refresh_token)), 0)::bigint
            from igny8_search_console_consents
            """
        )
    }
}

@Suite("A consent to Search Console, given at Google", .timeLimit(.minutes(5))) struct SearchConsoleConsentTests {
    @Test("goes there, comes back, is exchanged, and figures are read; when it ends it is given again the same way")
    func walk() async throws {
        try await DataHouse.open { house in
            let link = try #require(try await house.ask().string("url"))
            let query = try #require(URLComponents(string: link)?.queryItems)
            let said = Dictionary(uniqueKeysWithValues: query.map { ($0.name, $0.value ?? "") })
            #expect(said["access_type"] == "offline" && said["prompt"] == "consent" && said["response_type"] == "code")
            #expect(said["scope"] == "https://www.googleapis.com/auth/webmasters.readonly")
            #expect(said["redirect_uri"] == "\(house.gatewayURL)/api/v1/\(DataHouse.callback)")
            #expect(said["code_challenge_method"] == "S256" && said["client_id"] == "client-of-igny8")
            let back = try await house.wayBack()
            #expect(back.contains("authuser="), "Google adds parameters of its own")
            let page = try await DataHouse.send(.get, back)
            #expect(page.status == 200 && page.text.contains("Consent received"), "\(page.text)")
            #expect(page.text.contains("banner.example") && !page.text.contains("4/0A"))
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.header("Cache-Control") == "no-store" && page.header("Referrer-Policy") == "no-referrer")
            try await house.settle()
            #expect(try await house.dead().isEmpty)
            #expect(try await house.connections() == ["sc-domain:banner.example active 1"])
            #expect(try await house.count("select count(*) from igny8_gsc_metrics_cache") > 1_000)
            let status = try await house.status()
            #expect(status.string("connections.0.synced_through") == "2026-10-31", "\(status.text)")
            #expect(status.string("consents.0.status") == "accepted", "\(status.text)")
            #expect(try await house.secretsLeft() > 0, "the first question still waits for its answer")

            // Its state is spent, and so is its job.
            let again = try await DataHouse.send(.get, back)
            #expect(again.status == 410 && again.text.hasPrefix("<!DOCTYPE html>"), "\(again.text)")
            let id = try await house.count("select max(id) from igny8_search_console_consents")
            try await house.enqueue(CoreDataJobs.accept(consent: Int64(id), account: house.account))
            try await house.settle()
            #expect(try await house.connections() == ["sc-domain:banner.example active 1"])

            // The client takes it back, and gives another.
            try await house.test.owner.query("update sandbox.google_grants set is_revoked = true")
            let flag: SQL =
                "select count(*) from igny8_delivery_flags where kind = 'consent_needed' and cleared_at is null"
            try await house.advance(to: "2026-11-03T08:00:00Z")
            try await house.enqueue(CoreDataJobs.startDay(at: try Date("2026-11-03T08:00:00Z", strategy: .iso8601)))
            try await house.settle()
            if try await house.count(flag) == 0 {
                // The access token of the first day is still in the worker's memory, and refused first.
                try await house.enqueue(CoreDataJobs.sync(1, version: 1, account: house.account))
                try await house.settle()
            }
            #expect(try await house.connections() == ["sc-domain:banner.example consent_needed 1"])
            #expect(try await house.count(flag) == 1)
            try await house.consent()
            #expect(try await house.connections() == ["sc-domain:banner.example active 2"])
            #expect(try await house.count(flag) == 0)
            let events: SQL = """
                select action || ' ' || coalesce(to_state, '') from igny8_audit_events
                where subject_kind in ('search_console', 'search_console_consent') and action <> 'flag_raised' order by id
                """
            let expected = ["created open", "created open", "created active", "created open", "updated active"]
            #expect(try await house.texts(events) == expected)
        }
    }

    @Test("whoever refuses, is late, or was never asked gets a page that says so, and Google is not called")
    func noConsent() async throws {
        try await DataHouse.open { house in
            let refused = try await DataHouse.send(.get, try await house.wayBack { $0 + "&play=access_denied" })
            #expect(refused.status == 200 && refused.text.contains("No consent was given"), "\(refused.text)")
            var status = try await house.status()
            #expect(status.string("consents.0.status") == "refused")
            #expect(status.string("consents.0.failure")?.contains("refused") == true, "\(status.text)")

            let broken = try await DataHouse.send(.get, try await house.wayBack { $0 + "&play=%3Cb%3Eserver%3C/b%3E" })
            #expect(broken.status == 200 && broken.text.contains("ended in an error"), "\(broken.text)")
            #expect(!broken.text.contains("<b>"))
            #expect(try await house.status().string("consents.0.status") == "failed")

            let late = try await house.wayBack()
            try await house.run("update igny8_search_console_consents set expires_at = now() where status = 'open'")
            let expired = try await DataHouse.send(.get, late)
            #expect(expired.status == 410 && expired.text.contains("Start again"), "\(expired.text)")
            status = try await house.status()
            #expect(status.string("consents.0.status") == "expired", "\(status.text)")
            // Neither piles up.
            _ = try await house.ask()
            #expect(try await house.count("select count(*) from igny8_search_console_consents") == 1)
            // Nor does what a job has died of, with its secrets.
            try await house.run(
                "update igny8_search_console_consents set status = 'received', expires_at = now() - interval '2 days'"
            )
            _ = try await house.ask()
            #expect(try await house.texts("select status from igny8_search_console_consents") == ["open"])

            let address = "\(house.gatewayURL)/api/v1/\(DataHouse.callback)"
            for (query, expected) in [
                ("?state=unknown&code=4/0A", 404), ("", 400), ("?state=unknown", 400), ("?code=4/0A", 400),
                ("?state=unknown&code=4/0A&error=x", 400), ("?state=a&state=b&code=c", 400),
            ] {
                let page = try await DataHouse.send(.get, address + query)
                #expect(page.status == expected && page.text.hasPrefix("<!DOCTYPE html>"), "\(query): \(page.text)")
            }
            #expect(try await house.connections().isEmpty)
            let jobs = try await house.count(
                """
                select (select count(*) from igny8_jobs where task = 'accept_search_console_consent')
                    + (select count(*) from igny8_job_history where task = 'accept_search_console_consent')
                """
            )
            #expect(jobs == 0)
        }
    }

    @Test("is asked for one's own sites and their properties only, under the account's row security")
    func others() async throws {
        try await DataHouse.open { house in
            let foreign = try await house.count(
                "select id from igny8_sites where account_id = \(house.stranger.rawValue)"
            )
            #expect(try await house.ask(site: Int64(foreign)).status == 404)
            let other = try await house.ask("sc-domain:stranger.example")
            #expect(other.status == 422 && other.text.contains("sc-domain:banner.example"), "\(other.text)")
            let back = try await house.wayBack()
            let seen = try await house.store.batch(
                as: .account(house.stranger),
                actor: "test",
                ["select from igny8_search_console_consents"]
            )
            #expect(seen[0].isEmpty)

            // A code that was used before, brought with a state that was not.
            let code = try #require(URLComponents(string: back)?.queryItems?.first { $0.name == "code" }?.value)
            _ = try await DataHouse.send(.get, back)
            try await house.settle()
            let link = try #require(try await house.ask().string("url"))
            let second = try #require(URLComponents(string: link))
            let state = try #require(second.queryItems?.first { $0.name == "state" }?.value)
            let page = try await DataHouse.send(
                .get,
                "\(house.gatewayURL)/api/v1/\(DataHouse.callback)?state=\(state)&code=\(code)"
            )
            #expect(page.status == 200, "\(page.text)")
            try await house.settle()
            let status = try await house.status()
            #expect(status.string("consents.0.failure")?.contains("did not take the code") == true, "\(status.text)")
            #expect(try await house.connections() == ["sc-domain:banner.example active 1"], "what works stays")
        }
    }

    @Test("that cannot do is ended at once, with a sentence that says what to do")
    func unfit() async throws {
        try await DataHouse.open { house in
            typealias Play = (String) -> String
            let cases: [(says: String, property: String?, play: Play)] = [
                ("does not have a property for banner.example", nil, { $0 + "&properties=sc-domain:other.example" }),
                ("not verified", nil, { $0 + "&properties=https://banner.example/%20siteUnverifiedUser" }),
                ("does not have https://www.banner.example/", "https://www.banner.example/", { $0 }),
                ("no lasting access", nil, { $0.replacing("access_type=offline", with: "access_type=online") }),
                ("left unticked", nil, { $0.replacing("auth%2Fwebmasters.readonly", with: "auth%2Fother") }),
                (
                    "did not take the code", nil,
                    { link in
                        let parts = link.split(separator: "&").map { part in
                            part.hasPrefix("code_challenge=") ? "code_challenge=" + part.dropFirst(15).reversed() : part
                        }
                        return parts.joined(separator: "&")
                    }
                ),
            ]
            for (says, property, play) in cases {
                try await house.consent(property, play)
                let status = try await house.status()
                #expect(status.string("consents.0.status") == "failed", "\(says): \(status.text)")
                #expect(status.string("consents.0.failure")?.contains(says) == true, "\(says): \(status.text)")
            }
            #expect(try await house.connections().isEmpty)
            #expect(try await house.secretsLeft() == 0)
            #expect(try await house.dead().isEmpty)
            let errors: SQL = """
                select coalesce(sum(jsonb_array_length(errors)), 0)::bigint from igny8_job_history
                where task = 'accept_search_console_consent'
                """
            #expect(try await house.count(errors) == 0, "nothing is tried again that cannot help")
            try await house.consent("https://banner.example/") {
                $0 + "&properties=sc-domain:banner.example,https://banner.example/"
            }
            #expect(try await house.connections() == ["https://banner.example/ active 1"], "the one that was asked for")
        }
    }

    @Test(
        "whatever Google answers, its code is sent again only where it is known to be unused",
        arguments: [
            ("POST /token", "503", true), ("POST /token", "429", true), ("POST /token", "reset_after_effect", false),
            ("POST /token", "garbage", false), ("POST /token", "redirect_inside", false),
            ("GET /webmasters/**", "503", true), ("GET /webmasters/**", "reset", true),
            ("GET /webmasters/**", "garbage", true),
        ]
    )
    func hostile(call: String, kind: String, isMended: Bool) async throws {
        try await DataHouse.open { house in
            try await house.sandbox(
                "faults/",
                ["provider": "google", "match": .string(call), "kind": .string(kind), "count": 1]
            )
            try await house.consent()
            #expect(try await house.dead().isEmpty)
            let status = try await house.status()
            let codes: SQL = "select count(*) from sandbox.google_codes where used_at is not null"
            #expect(try await house.test.owner.query(codes)[0].decode(0, as: Int64.self) == 1)
            if isMended {
                #expect(try await house.connections() == ["sc-domain:banner.example active 1"], "\(status.text)")
            } else {
                #expect(try await house.connections().isEmpty)
                let why = status.string("consents.0.failure")
                #expect(why?.contains("takes each code once") == true, "\(status.text)")
                try await house.consent()
                #expect(try await house.connections() == ["sc-domain:banner.example active 1"])
            }
            #expect(try await house.secretsLeft() == 0)
        }
    }

    @Test(
        "a worker that dies with the code at Google leaves a question, not a loop; the rest goes on from what is kept"
    )
    func crash() async throws {
        try await DataHouse.open { house in
            try await house.sandbox("faults/", ["provider": "google", "match": "POST /token", "kind": "503"])
            _ = try await DataHouse.send(.get, try await house.wayBack())
            let waits: SQL = """
                select count(*) from igny8_jobs
                where task = 'accept_search_console_consent' and jsonb_array_length(errors) > 0
                """
            let limit = ContinuousClock.now + .seconds(120)
            while try await house.count(waits) == 0 {
                try #require(.now < limit)
                try await Task.sleep(for: .milliseconds(5))
            }
            // What a worker leaves that is killed in the middle of the call.
            try await house.run("update igny8_search_console_consents set status = 'exchanging'")
            try await house.settle()
            let status = try await house.status()
            #expect(status.string("consents.0.failure")?.contains("was lost") == true, "\(status.text)")
            #expect(try await house.connections().isEmpty)
            let history: SQL =
                "select count(*) from igny8_job_history where task = 'accept_search_console_consent'"
            #expect(try await house.count(history) == 1)
        }
    }

    @Test("no state, code, token or secret is in a log, a job, an error or an answer")
    func secrets() async throws {
        try await DataHouse.open { house in
            try await house.sandbox(
                "faults/",
                ["provider": "google", "match": "POST /token", "kind": "garbage", "count": 1]
            )
            let lost = try await house.wayBack()
            var said = try await DataHouse.send(.get, lost).text
            try await house.settle()
            said += try await house.status().text
            let back = try await house.wayBack()
            said += try await DataHouse.send(.get, back).text
            said += try await DataHouse.send(.get, back).text
            try await house.settle()
            said += try await house.status().text
            let kept = try await house.texts(
                """
                select coalesce(string_agg(text, ' '), '') from (
                    select row_to_json(j)::text as text from igny8_jobs j
                    union all select row_to_json(h)::text from igny8_job_history h
                    union all select row_to_json(d)::text from igny8_dead_jobs d
                    union all select row_to_json(a)::text from igny8_audit_events a
                    union all select row_to_json(f)::text from igny8_delivery_flags f
                    union all select row_to_json(i)::text from igny8_idempotency_keys i
                    union all select row_to_json(c)::text from igny8_search_console_consents c
                ) everything
                """
            ).joined()
            let played = try await house.test.owner.query(
                """
                select code as text from sandbox.google_codes
                union all select refresh_token from sandbox.google_grants
                union all select access_token from sandbox.google_grants
                """
            )
            var canaries = try played.map { row in try row.decode("text", as: String.self) }
            #expect(canaries.count == 6)
            for address in [lost, back] {
                let items = URLComponents(string: address)?.queryItems ?? []
                canaries.append(try #require(items.first { $0.name == "state" }?.value))
            }
            for canary in canaries + [DataHouse.clientSecret] {
                // As it is, and as it stands in an address.
                let escaped = canary.replacing("/", with: "%2F")
                for text in [said, kept, house.logs.text] {
                    #expect(!text.contains(canary) && !text.contains(escaped), "\(canary)")
                }
            }
        }
    }

    @Test("of several properties the nearest domain is read, before an address, and only what may be read")
    func choice() {
        func choice(_ names: [String], _ asked: String? = nil) -> String? {
            let listed = names.map { name in
                let words = name.split(separator: " ").map(String.init)
                return SearchConsoleProperty.Listed(
                    name: words[0],
                    permission: words.count > 1 ? words[1] : "siteOwner"
                )
            }
            return SearchConsoleProperty.choice(of: listed, for: "blog.banner.example", asked: asked)
        }
        let parent = "sc-domain:banner.example"
        let own = "sc-domain:blog.banner.example"
        let address = "https://blog.banner.example/"
        #expect(choice([address, parent, own]) == own)
        #expect(choice([address, parent]) == parent)
        #expect(choice(["http://blog.banner.example/", address]) == address)
        #expect(choice(["\(own) siteUnverifiedUser", "\(address) SITE_RESTRICTED_USER"]) == address)
        #expect(choice(["sc-domain:example", "sc-domain:og.banner.example", "\(address)part/"]) == nil)
        #expect(choice([own, "\(address)part/"], "\(address)part/") == "\(address)part/")
        #expect(choice([own], address) == nil)
    }
}
