import DomainModel
import Foundation
import Testing

@testable import Sandbox

@Suite struct PlanningTests {
    private let intake = Intake(
        siteURL: "https://banner.example",
        industry: "Printing",
        productsServices: ["vinyl banners", "roller banners"],
        problemsSolved: ["being overlooked"],
        brands: ["Banner Printing"],
        locations: ["Leeds"]
    )

    private func plan(_ mode: BlueprintPlan.Mode, intake: Intake? = nil, sectors: [String] = []) -> BlueprintPlan {
        BlueprintPlan(domain: "banner.example", mode: mode, intake: intake ?? self.intake, sectors: sectors)
    }

    @Test("a plan has its clusters and pages, all of them different", arguments: BlueprintPlan.Mode.allCases)
    func sizes(_ mode: BlueprintPlan.Mode) {
        let plan = plan(mode, sectors: ["Banners and signs"])
        #expect(plan.clusters.count == mode.size.clusters)
        #expect(Set(plan.clusters.map { $0.name.lowercased() }).count == plan.clusters.count)
        for cluster in plan.clusters {
            #expect(cluster.supportingTitles.count == mode.size.supporting)
            #expect(Set(cluster.supportingTitles + [cluster.hubTitle]).count == mode.size.supporting + 1)
            #expect((cluster.supportingTitles + [cluster.hubTitle]).allSatisfy { $0.count <= 255 })
        }
    }

    @Test("the same site gets the same plan, another one another")
    func deterministic() {
        #expect(plan(.detailed) == plan(.detailed))
        let other = BlueprintPlan(domain: "other.example", mode: .detailed, intake: intake, sectors: [])
        #expect(other != plan(.detailed))
    }

    @Test("without an intake the site's name has to do")
    func empty() {
        let plan = plan(.quick, intake: Intake(siteURL: "https://banner.example"))
        #expect(plan.clusters.count == 4)
        #expect(plan.clusters[0].name == "banner")
        #expect(plan.attributes.isEmpty)
    }

    @Test("an article is as long as it was asked to be, and the same each time")
    func article() {
        let article = Article(title: "A < B", cluster: "R&D", domain: "x.example", words: 1_200)
        #expect((1_200...1_300).contains(article.words))
        #expect(article.html.contains("R&amp;D"))
        #expect(article == Article(title: "A < B", cluster: "R&D", domain: "x.example", words: 1_200))
    }

    @Test("articles go out in the morning of their day, late ones within business hours, one after the other")
    func calendar() throws {
        let zone = try #require(TimeZone(identifier: "America/Toronto"))
        let due = try #require(CalendarDay("2026-09-17")).moment(hour: 12, in: zone)
        let opening = try #require(CalendarDay("2026-09-17")).moment(hour: 9, in: zone)
        for position in 1...50 {
            var dice = SiteSeed.dice("x.example", "\(position)")
            let early = PublicationCalendar.moment(
                dueAt: due,
                in: zone,
                now: opening.addingTimeInterval(-86_400),
                late: 0,
                dice: &dice
            )
            #expect(!early.isLate)
            #expect(opening <= early.moment && early.moment < due)
        }
        var dice = SiteSeed.dice("x.example")
        let noon = PublicationCalendar.moment(dueAt: due, in: zone, now: due, late: 2, dice: &dice)
        #expect(noon.isLate)
        #expect(noon.moment == due.addingTimeInterval(3 * 7 * 60))
        let night = due.addingTimeInterval(10 * 3_600)
        let next = PublicationCalendar.moment(dueAt: due, in: zone, now: night, late: 0, dice: &dice)
        #expect(next.moment == opening.addingTimeInterval(86_400 + 7 * 60))
    }
}
