import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Facts of a report", .timeLimit(.minutes(5)))
struct ReportFactsTests {
    private static let october = ReportPeriod(.monthly, containing: CalendarDay("2026-10-05")!)

    private static func gather(
        _ site: Site.ID,
        _ period: ReportPeriod,
        as tenant: Tenant,
        in fixture: Fixture
    ) async throws -> ReportData {
        try await fixture.store.read(as: tenant, actor: "test") { tx in
            try await ReportFacts.gather(site, period, sections: ReportSection.allCases, in: tx)
        }
    }

    @Test("figures are those of separate, plainly written queries; another account sees nothing")
    func figures() async throws {
        try await Fixture.with { fixture in
            try await ReportYear.write(fixture)
            let (site, tenant) = (fixture.one.site.id, fixture.one.tenant)
            let data = try await Self.gather(site, Self.october, as: tenant, in: fixture)
            func plain(_ statement: SQL) async throws -> Int {
                try await fixture.store.read(as: tenant, actor: "test") { tx in
                    try await tx.query(statement).first?.decode(0, as: Int64?.self).map { Int($0) } ?? 0
                }
            }

            let traffic = try #require(data.traffic?.facts)
            let days: SQL =
                "from igny8_gsc_metrics_cache where query is null and page is null and site_id = \(site.rawValue)"
            #expect(
                try await plain("select sum(clicks) \(fragment: days) and day between '2026-10-01' and '2026-10-31'")
                    == traffic.now.clicks
            )
            #expect(
                try await plain("select sum(clicks) \(fragment: days) and day between '2026-09-01' and '2026-09-30'")
                    == traffic.before?.clicks
            )
            #expect(
                try await plain("select sum(clicks) \(fragment: days) and day between '2025-10-01' and '2025-10-31'")
                    == traffic.yearBefore?.clicks
            )
            #expect((traffic.now.days, traffic.days.count, traffic.daysBefore.count) == (29, 29, 30))
            #expect(data.losses.missingDays == 2)
            // (10 × 900 + 20 × 100) / 1,000 = 11.00 for every day.
            #expect(traffic.now.position == Ratio("11"))

            let rankings = try #require(data.rankings?.facts)
            for (limit, counted) in [(10, rankings.top10), (20, rankings.top20), (50, rankings.top50)] {
                let places: SQL = """
                    select count(*) from (select sum(position * impressions) / sum(impressions) as place
                        from igny8_gsc_metrics_cache where query is not null and page is null and impressions > 0
                            and site_id = \(site.rawValue)
                    """
                #expect(
                    try await plain(
                        "\(fragment: places) and day between '2026-10-01' and '2026-10-31' group by query) q where place <= \(Int64(limit))"
                    ) == counted.now
                )
                #expect(
                    try await plain(
                        "\(fragment: places) and day between '2026-09-01' and '2026-09-30' group by query) q where place <= \(Int64(limit))"
                    ) == counted.before
                )
            }
            #expect(rankings.new.map(\.query) == ["new query"] && rankings.newCount == 1)
            #expect(rankings.lost.map(\.query) == ["lost query"] && rankings.lostCount == 1)
            #expect(rankings.up.allSatisfy { ($0.position ?? .zero) < ($0.positionBefore ?? .zero) })

            let content = try #require(data.content?.facts)
            // One article is of 1 November 00:30 in London, which is still October in UTC and not in the report.
            #expect((content.published.now, content.words.now, content.articles.count) == (2, 2_500, 2))
            #expect(content.published.before == 1 && content.articles.first?.images == 2)
            #expect(content.due == 2 && content.overdue == 1 && content.inReview == 1)

            let indexing = try #require(data.indexing?.facts)
            #expect((indexing.indexed.now, indexing.pending.now, indexing.error.now) == (12, 3, 2))
            #expect(indexing.indexed.before == 10 && indexing.trend.count >= 2)
            #expect(indexing.newlyIndexed == 1 && indexing.medianDays == 4 && indexing.errors.count == 4)

            let links = try #require(data.backlinks?.facts)
            #expect(
                try await plain(
                    "select count(*) from igny8_sag_backlinks where site_id = \(site.rawValue) and (delivered_at at time zone 'Europe/London')::date between '2026-10-01' and '2026-10-31'"
                ) == links.built.now
            )
            #expect(links.links.count == links.built.now && links.built.now == 520)
            #expect(links.lost.now == 7 && data.losses.links.count == 7)
            #expect(links.live.now == links.built.now - 7 && links.live.before == 0)
            #expect(links.ratings.reduce(0) { $0 + $1.built } == 520)
            #expect(links.budget.spent == Money(minor: 52_000_00, currency: .usd))
            #expect(links.orders.map(\.charged) == [Money(minor: 52_000_00, currency: .usd)])
            #expect(links.domainRating == DecimalComparison(now: Ratio("38.5")!, before: Ratio("37")!))
            #expect(links.referringDomains == Comparison(now: 301, before: 288))

            let host = data.losses.anomalies.first { $0.kind == .lossesOnHost }
            #expect(host == ReportAnomaly(kind: .lossesOnHost, name: "news.example", part: 6, whole: 7))
            let lost = try #require(data.losses.links.first)
            #expect(lost.evidence.map(\.httpStatus) == [404, 410] && lost.replacement?.status == "planned")
            #expect(data.losses.delays.map(\.kind) == [.contentBehind] && data.losses.delays[0].clearedOn == nil)

            let social = try #require(data.social?.facts)
            #expect((social.posts.now, social.engagement.now, social.engagement.before) == (2, 60, 30))
            #expect(social.top.map(\.engagement) == [40, 20])
            #expect(data.sagHealth?.facts?.authority == Comparison(now: 71, before: 67))
            #expect(data.sagHealth?.facts?.clusters.map(\.published) == [3])
            #expect(data.nextMonth?.facts?.topics.map(\.title) == ["Late", "Next"])
            #expect(data.needs.map(\.kind) == [.approval] && data.needs[0].name == "Waiting")
            #expect(data.explanations.contains { $0.figure == .clicks && $0.rows == 29 })
            #expect(try ReportData(json: data.json) == data)

            // As the other account, the site is not there, and of its own site nothing of this one is seen.
            await #expect(throws: ReportFacts.Failure.noSite(site)) {
                _ = try await Self.gather(site, Self.october, as: fixture.other.tenant, in: fixture)
            }
            let other = try await Self.gather(
                fixture.other.site.id,
                Self.october,
                as: fixture.other.tenant,
                in: fixture
            )
            #expect(other.traffic == .notInUse && other.backlinks == .notInUse && other.losses == LossFacts())
            #expect(other.content == .notInUse && other.social == .notInUse && other.nextMonth == .empty)
        }
    }

    @Test("a week is compared with the 52nd week before; a period before everything is empty")
    func weeks() async throws {
        try await Fixture.with { fixture in
            try await ReportYear.write(fixture)
            let week = ReportPeriod(.weekly, containing: CalendarDay("2026-10-14")!)
            let data = try await Self.gather(fixture.one.site.id, week, as: fixture.one.tenant, in: fixture)
            let traffic = try #require(data.traffic?.facts)
            #expect(week.yearBefore.start == CalendarDay("2025-10-13"))
            // Days have as many clicks as their day of the year 2026 or 2025: see ReportYear.
            #expect(traffic.now.clicks == (12...18).reduce(0) { $0 + 1_000 + $1 })
            #expect(traffic.yearBefore?.clicks == (13...19).reduce(0) { $0 + 500 + $1 })
            let early = ReportPeriod(.monthly, containing: CalendarDay("2024-02-01")!)
            let none = try await Self.gather(fixture.one.site.id, early, as: fixture.one.tenant, in: fixture)
            #expect(none.traffic == .empty && none.rankings == .empty && none.content?.facts?.published.now ?? 0 == 0)
            #expect(none.losses.links.isEmpty && none.backlinks?.facts?.built.now ?? 0 == 0)
        }
    }
}
