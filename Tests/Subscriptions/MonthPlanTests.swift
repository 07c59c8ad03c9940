import DomainModel
import Testing

@testable import Subscriptions

@Suite struct MonthPlanTests {
    private let clusters = (1...3).map { number in
        MonthPlan.Cluster(
            id: Int64(number),
            sectorID: nil,
            name: "C\(number)",
            hubTitle: "Hub \(number)",
            supportingTitles: ["C\(number) a", "C\(number) b"]
        )
    }

    private func september() throws -> Proration {
        Proration(full: try #require(CalendarMonth(year: 2026, month: 9)))
    }

    @Test("Pro takes all hubs first, Lite goes cluster by cluster")
    func order() throws {
        func titles(_ tier: ServiceTier) throws -> [String] {
            MonthPlan.articles(target: 5, tier: tier, clusters: clusters, written: [], served: try september())
                .map(\.title)
        }
        #expect(try titles(.pro) == ["Hub 1", "Hub 2", "Hub 3", "C1 a", "C1 b"])
        #expect(try titles(.lite) == ["Hub 1", "C1 a", "C1 b", "Hub 2", "C2 a"])
    }

    @Test("no title comes twice, not even in later months")
    func noRepetition() throws {
        var written: Set<String> = []
        for _ in 0..<20 {
            let articles = MonthPlan.articles(
                target: 30,
                tier: .pro,
                clusters: clusters,
                written: written,
                served: try september()
            )
            #expect(articles.count == 30)
            for article in articles { #expect(written.insert(article.title).inserted, "\(article.title)") }
        }
    }

    @Test("articles fall due evenly, so that a month on plan is never behind the pace")
    func pace() throws {
        for target in 1...40 {
            let served = try september()
            let articles = MonthPlan.articles(
                target: target,
                tier: .pro,
                clusters: clusters,
                written: [],
                served: served
            )
            for offset in 0...30 {
                let today = served.from.adding(days: offset)
                let published = articles.filter { $0.day < today }.count
                #expect(!DeliveryPace(target: target, published: published, served: served, today: today).isBehind)
            }
            #expect(articles.map(\.position) == Array(1...target))
        }
    }
}
