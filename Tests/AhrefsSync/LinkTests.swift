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
    @Suite("Links and campaigns", .timeLimit(.minutes(5))) struct LinkTests {
        /// A live link of the client's site from `SOURCE.example`.
        private static func link(
            _ source: String,
            _ house: LinkHouse,
            campaign: Campaign.ID? = nil,
            seenAt: String? = nil
        ) async throws -> Int64 {
            try await house.transaction { tx in
                try await tx.query(
                    """
                    insert into igny8_sag_backlinks (account_id, site_id, campaign_id, source_url, source_domain, target_url,
                        currency, cost, status, ordered_at, delivered_at, live_at, last_checked_at, last_verdict)
                    values (\(house.client.account.rawValue), \(house.client.site.rawValue), \(campaign?.rawValue),
                        \("https://\(source).example/post/"), \("\(source).example"), 'https://banner.example/', 'USD', 80,
                        'live', '2026-10-01', '2026-10-02', '2026-10-03', \(seenAt)::text::timestamptz,
                        case when \(seenAt)::text is not null then 'live' end)
                    returning id
                    """
                )[0].decode("id")
            }
        }

        private static func place(_ source: String, lostOn: String? = nil) -> JSONValue {
            [
                "url_from": .string("http://www.\(source).example/post"), "url_to": "https://banner.example",
                "anchor": "banners", "first_seen": "2026-10-05", "lost_on": lostOn.map { .string($0) } ?? .null,
            ]
        }

        @Test(
            "links that Ahrefs sees are verified with its figures; those it lost are marked and looked at, never lost by it alone"
        )
        func witnesses() async throws {
            try await LinkHouse.open { house in
                let seen = try await Self.link("seen", house)
                let gone = try await Self.link("gone", house)
                let unknown = try await Self.link("unknown", house)
                let again = try await Self.link("again", house, seenAt: "2026-11-15T00:00:00Z")
                // More than one request has room for.
                for number in 0..<30 { _ = try await Self.link("other\(number)", house) }
                try await house.sandbox(
                    "ahrefs/links/",
                    [
                        "links": [
                            Self.place("seen"), Self.place("gone", lostOn: "2026-11-10"),
                            Self.place("again", lostOn: "2026-11-10"), Self.place("other29"),
                        ]
                    ]
                )
                try await house.connect("ahrefs_lite_witness_01")
                // Two chains of two requests, with the key's first test.
                let calls: SQL = "select count(*) from igny8_ahrefs_calls where endpoint like '%all-backlinks'"
                #expect(try await house.count(calls) == 4)
                let verified = try await house.count(
                    """
                    select count(*) from igny8_sag_backlinks
                    where ahrefs_verified and ahrefs_last_seen >= '2026-11-01' and source_dr > 0 and source_traffic > 0
                        and quality_score between 1 and 100
                    """
                )
                #expect(verified == 2)
                #expect(
                    try await house.count(
                        "select count(*) from igny8_sag_backlinks where id = \(seen) and ahrefs_verified"
                    ) == 1
                )
                #expect(
                    try await house.count(
                        "select id from igny8_sag_backlinks where ahrefs_lost_at = '2026-11-10' and status = 'live'"
                    ) == Int(gone)
                )
                #expect(
                    try await house.count(
                        """
                        select count(*) from igny8_sag_backlinks
                        where id in (\(unknown), \(again)) and ahrefs_lost_at is null and not ahrefs_verified
                        """
                    ) == 2
                )
                let looks: SQL = """
                    select count(*) from igny8_jobs where task = 'verify_link'
                        and (payload ->> 'backlink_id')::bigint = \(gone)
                    """
                #expect(try await house.count(looks) == 1)
                #expect(
                    try await house.text(
                        """
                        select string_agg(verdict || ' ' || detail, '; ' order by id) from igny8_backlink_checks
                        where backlink_id = \(gone) and witness = 'ahrefs'
                        """
                    ) == "gone lost by Ahrefs: notfound"
                )
                // Once more, and nothing more happens.
                let order = try await house.ahrefs(
                    .post,
                    "verify-backlinks/",
                    ["site_id": .integer(house.client.site.rawValue)]
                )
                #expect(order.status == 202 && order.string("job.task") == "verify_backlinks_via_ahrefs")
                try await house.enqueue(AhrefsJobs.detectLost(house.client.site, account: house.client.account))
                try await house.settle()
                #expect(try await house.count(calls) == 8)
                #expect(try await house.count(looks) == 1)
                #expect(
                    try await house.count("select count(*) from igny8_backlink_checks where backlink_id = \(gone)") == 1
                )
                #expect(try await house.dead() == [])
            }
        }

        @Test("each week the campaigns' day is taken with the site's snapshot, and links are held against Ahrefs")
        func week() async throws {
            try await LinkHouse.open { house in
                let campaign = try await house.transaction { tx in
                    var campaign = try await Campaigns.create(
                        account: house.client.account,
                        site: house.client.site,
                        name: "Autumn",
                        in: tx
                    )
                    try campaign.value.apply(.start)
                    try await Campaigns.save(&campaign, in: tx)
                    return campaign.id
                }
                let link = try await Self.link("seen", house, campaign: campaign)
                try await house.sandbox("ahrefs/links/", ["links": [Self.place("seen")]])
                try await house.connect()
                try await house.advance(to: "2026-11-23T02:00:00Z")
                let days = try await house.text(
                    """
                    select string_agg(k.snapshot_date || ' ' || k.links_live || ' ' || k.spend::int || ' ' ||
                        (k.dr = s.domain_rating and k.referring_domains = s.referring_domains
                            and k.organic_traffic = s.organic_traffic), '; ' order by k.snapshot_date)
                    from igny8_campaign_kpi_snapshots k
                    join igny8_ahrefs_domain_snapshots s on s.site_id = k.site_id and s.domain = 'banner.example'
                        and s.snapshot_date = k.snapshot_date
                    where k.campaign_id = \(campaign.rawValue)
                    """
                )
                #expect(days == "2026-11-16 1 80 true; 2026-11-23 1 80 true")
                #expect(
                    try await house.count(
                        "select count(*) from igny8_sag_backlinks where id = \(link) and ahrefs_verified"
                    ) == 1
                )
                #expect(try await house.dead() == [])
            }
        }
    }
}
