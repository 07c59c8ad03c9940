import DomainModel
import Foundation

@testable import ReportDesign

/// Reports over ordinary and awkward facts: what the properties are checked on, and what a person looks at.
enum Examples {
    struct Example {
        let name: String
        let data: ReportData
        let design: ReportDesign
    }

    static var all: [Example] {
        [
            Example(name: "monthly", data: ordinary(), design: design()),
            Example(name: "weekly", data: ordinary(.weekly), design: design()),
            Example(name: "quarterly", data: ordinary(.quarterly), design: design()),
            Example(name: "dark", data: ordinary(), design: design(.dark)),
            Example(name: "yellow", data: ordinary(), design: design(primary: "#ffe600", secondary: "#111111")),
            Example(name: "long", data: long(), design: design()),
            Example(
                name: "arabic",
                data: named("مطابخ الأناقة الحديثة", article: "كيف تختار مطبخك المناسب"),
                design: design()
            ),
            Example(
                name: "urdu",
                data: named("خوبصورت باورچی خانے", article: "باورچی خانے کی تزئین کیسے کریں؟"),
                design: design(.dark)
            ),
            Example(name: "chinese", data: named("上海厨房设计有限公司", article: "如何选择合适的橱柜"), design: design()),
            Example(name: "nothing", data: nothing(), design: design()),
            Example(name: "left out", data: leftOut(), design: design()),
            Example(name: "links", data: links(500), design: design()),
        ]
    }

    static func design(
        _ theme: ServiceConfig.Theme = .light,
        primary: String = "#0b5c7d",
        secondary: String = "#d97a1d"
    ) -> ReportDesign {
        var design = ReportDesign(
            brandName: "Brightwater Digital",
            primaryColor: primary,
            secondaryColor: secondary,
            theme: theme,
            isWhiteLabel: true
        )
        design.contactEmail = "reports@brightwater.example"
        design.contactPhone = "+44 113 496 0100"
        design.websiteURL = "https://brightwater.example/"
        design.publicBaseURL = "https://reports.brightwater.example"
        design.verificationCode = "7Q2MK4XD9ABCDEFG"
        return design
    }

    // MARK: Facts

    static func day(_ text: String) -> CalendarDay { CalendarDay(text) ?? CalendarDay(daysSinceEpoch: 0) }

    static func decimal(_ text: String) -> Ratio { Ratio(text) ?? .zero }

    /// Any facts of one site and period, without any section yet.
    static func frame(_ type: ReportType, _ name: String = "Hartwell & Sons Kitchens") -> ReportData {
        let period = ReportPeriod(type, containing: day(type == .quarterly ? "2026-09-15" : "2026-10-28"))
        var data = ReportData(
            subject: ReportSubject(
                siteID: 7,
                name: name,
                domain: "hartwellkitchens.example",
                url: "https://hartwellkitchens.example",
                timeZone: "Europe/London",
                currency: .usd,
                tier: "pro"
            ),
            period: period,
            gatheredAt: Date(timeIntervalSince1970: Double(period.end.daysSinceEpoch + 2) * 86_400 + 21_600),
            sections: ReportSection.allCases
        )
        let read = data.gatheredAt.addingTimeInterval(-7_000)
        data.sources = [
            ReportSource(kind: .searchConsole, sections: [.rankings, .traffic], readAt: read),
            ReportSource(kind: .inspection, sections: [.indexing], readAt: read),
            ReportSource(kind: .ahrefs, sections: [.rankings, .backlinks], readAt: read),
            ReportSource(kind: .linkChecks, sections: [.backlinks], readAt: read),
            ReportSource(kind: .social, sections: [.social], readAt: read),
            ReportSource(kind: .core, sections: [.content], readAt: data.gatheredAt),
            ReportSource(kind: .books, sections: [.backlinks], readAt: data.gatheredAt),
        ]
        return data
    }

    /// Between 0 and 1, the same each time.
    static func wave(_ index: Int) -> Int { (index * 7_919 + index * index * 104_729) % 1_000 }

    static func ordinary(_ type: ReportType = .monthly) -> ReportData {
        var data = frame(type)
        let period = data.period
        let scale = type == .weekly ? 1 : type == .monthly ? 4 : 12
        data.content = .data(content(period, scale))
        data.indexing = .data(indexing(period))
        data.rankings = .data(rankings(period))
        data.traffic = .data(traffic(period))
        data.backlinks = .data(backlinks(period, count: type == .weekly ? 4 : 14))
        data.social = .data(social(period, scale))
        data.sagHealth = .data(structure())
        data.nextMonth = .data(nextMonth(period))
        data.losses = losses(period)
        data.needs = [
            ReportNeed(
                kind: .approval,
                subject: "content",
                name: "Kitchen fitters in York",
                by: period.end.adding(days: 7),
                otherwise: "approve"
            ),
            ReportNeed(kind: .invoice, name: "2026-000184", amount: Money(minor: 139_900, currency: .usd)),
        ]
        for (figure, value) in [
            (ReportFigure.clicks, "12480"), (.impressions, "402113"), (.position, "18.42"), (.top10, "142"),
            (.indexedPages, "184"), (.articles, "11"), (.linksBuilt, "14"), (.linksLive, "96"), (.domainRating, "38"),
        ] {
            data.explain(figure, value, rows: 31, period)
        }
        return data
    }

    static func content(_ period: ReportPeriod, _ scale: Int) -> ContentFacts {
        let titles = [
            "What a fitted kitchen costs in 2026", "Quartz or granite: a worktop for the next twenty years",
            "Twelve small kitchens, and what makes each of them work", "Shaker kitchens: history, colours, handles",
            "How long does a kitchen take to fit?", "Planning permission and kitchens: when you need it",
            "A kitchen island in a narrow room", "Induction hobs: what your wiring must carry",
            "Splashbacks compared: glass, tile, steel, stone", "Kitchen fitters in Leeds",
            "Kitchen fitters in Harrogate",
        ]
        let count = min(max(scale * 11 / 4, 2), 33)
        var facts = ContentFacts(
            published: Comparison(now: count, before: count - 1),
            words: Comparison(now: 0, before: 15_630),
            images: Comparison(now: 38, before: 31)
        )
        facts.articles = (0..<count).map { index in
            ContentFacts.Article(
                title: titles[index % titles.count],
                structure: ["guide", "comparison", "article", "location_page"][index % 4],
                words: 1_150 + wave(index),
                images: 3,
                url: "https://hartwellkitchens.example/article-\(index)",
                publishedOn: period.start.adding(days: index * (period.numberOfDays - 1) / count)
            )
        }
        facts.words.now = facts.articles.reduce(0) { $0 + $1.words }
        facts.due = count + 1
        facts.overdue = 1
        facts.inReview = 1
        return facts
    }

    static func weeks(_ period: ReportPeriod, _ count: Int) -> [CalendarDay] {
        (0..<count).reversed().map { period.end.adding(days: -7 * $0) }
    }

    static func indexing(_ period: ReportPeriod) -> IndexingFacts {
        var facts = IndexingFacts(
            indexed: Comparison(now: 184, before: 178),
            pending: Comparison(now: 9, before: 11),
            error: Comparison(now: 3, before: 2)
        )
        facts.newlyIndexed = 8
        facts.medianDays = 5
        facts.trend = weeks(period, 18).enumerated().map { index, day in
            .init(day: day, indexed: 102 + index * 82 / 17, pending: 14 - index * 5 / 17, error: 1 + index / 8)
        }
        facts.errors = [
            .init(
                url: "https://hartwellkitchens.example/offers/spring-2025",
                coverage: "Not found (404)",
                inspectedOn: period.end
            ),
            .init(
                url: "https://hartwellkitchens.example/worktops/samples",
                coverage: "Duplicate without user-selected canonical",
                inspectedOn: period.end.adding(days: -2)
            ),
            .init(
                url: "https://hartwellkitchens.example/blog?page=7",
                coverage: "Crawled - currently not indexed",
                inspectedOn: period.end.adding(days: -3)
            ),
        ]
        return facts
    }

    static func rankings(_ period: ReportPeriod) -> RankingFacts {
        var facts = RankingFacts(
            top10: Comparison(now: 142, before: 123),
            top20: Comparison(now: 288, before: 260),
            top50: Comparison(now: 540, before: 522),
            queries: Comparison(now: 812, before: 790)
        )
        facts.newCount = 33
        facts.lostCount = 11
        facts.averagePosition = DecimalComparison(now: decimal("18.42"), before: decimal("19.10"))
        let words = [
            "fitted kitchen cost", "quartz or granite worktop", "shaker kitchen colours", "kitchen fitters leeds",
            "small kitchen ideas", "induction hob wiring", "kitchen planning permission", "narrow kitchen island",
            "kitchen island ideas", "utility room units", "cheap kitchen units", "kitchen showroom harrogate",
        ]
        func query(_ index: Int, _ place: String?, _ before: String?) -> RankingFacts.Query {
            .init(
                query: words[index % words.count],
                position: place.map(decimal),
                positionBefore: before.map(decimal),
                clicks: 610 / (index + 1),
                impressions: 9_800 / (index + 1)
            )
        }
        facts.up = (0..<8).map { query($0, "\(4 + $0).2", "\(12 + $0 * 2).5") }
        facts.down = (8..<12).map { query($0, "\($0 + 11).35", "\($0 + 5).1") }
        facts.new = (2..<9).map { query($0, "\(20 + $0)", nil) }
        facts.lost = (4..<8).map { query($0, nil, "\(40 + $0).8") }
        facts.trend = weeks(period, 18).enumerated().map { index, day in
            .init(day: day, top10: 96 + index * 46 / 17, top20: 210 + index * 78 / 17, top50: 470 + index * 70 / 17)
        }
        return facts
    }

    static func traffic(_ period: ReportPeriod) -> TrafficFacts {
        func days(_ period: ReportPeriod, _ level: Int) -> [TrafficFacts.Day] {
            (0..<period.numberOfDays).map { index in
                let day = period.start.adding(days: index)
                let clicks = (level + index) * (day.weekday > 5 ? 7 : 10) / 10 + wave(index) / 25
                return .init(day: day, clicks: clicks, impressions: clicks * 32)
            }
        }
        func sum(_ days: [TrafficFacts.Day], _ position: String) -> TrafficFacts.Sum {
            .init(
                clicks: days.reduce(0) { $0 + $1.clicks },
                impressions: days.reduce(0) { $0 + $1.impressions },
                position: decimal(position),
                days: days.count
            )
        }
        let (now, before) = (days(period, 390), days(period.previous, 350))
        var facts = TrafficFacts(
            now: sum(now, "18.42"),
            before: sum(before, "19.1"),
            yearBefore: sum(days(period.yearBefore, 210), "24.05")
        )
        facts.days = now
        facts.daysBefore = before
        facts.pages = (0..<12).map { index in
            .init(
                page: "https://hartwellkitchens.example/" + ["", "fitted-kitchen-cost", "quartz-or-granite"][index % 3]
                    + (index < 3 ? "" : "-\(index)"),
                clicks: Comparison(now: 1_400 / (index + 1), before: 1_250 / (index + 1) + (index == 5 ? 90 : 0)),
                impressions: 42_000 / (index + 1),
                position: decimal("\(index + 3).4")
            )
        }
        return facts
    }

    static func backlinks(_ period: ReportPeriod, count: Int) -> BacklinkFacts {
        var facts = BacklinkFacts(
            built: Comparison(now: count, before: 13),
            live: Comparison(now: 82 + count, before: 83),
            lost: Comparison(now: 1, before: 0),
            budget: .init(
                from: period.start,
                to: period.end,
                spent: Money(minor: 309_500, currency: .usd),
                spentElsewhere: [],
                planned: Money(minor: 310_000, currency: .usd)
            )
        )
        facts.quality = decimal("71.4")
        facts.domainRating = DecimalComparison(now: decimal("38"), before: decimal("37"))
        facts.referringDomains = Comparison(now: 301, before: 288)
        facts.ratings = [(0, 2), (10, 9), (20, 18), (30, 31), (40, 22), (50, 10), (60, 4)].map { start, live in
            .init(from: start, to: start + 9, built: start == 0 ? 0 : (start == 30 ? 5 : 2), live: live)
        }
        facts.orders = [
            .init(
                number: 1_041,
                package: "niche_edits",
                status: "completed",
                agreed: 10,
                delivered: 10,
                live: 9,
                indexed: 8,
                charged: Money(minor: 195_000, currency: .usd),
                invoiceNumber: "2026-000184",
                dueOn: period.end
            ),
            .init(
                number: 1_052,
                package: "custom",
                status: "in_progress",
                agreed: 6,
                delivered: 4,
                live: 4,
                indexed: 4,
                charged: Money(minor: 114_500, currency: .usd),
                invoiceNumber: nil,
                dueOn: period.end.adding(days: 14)
            ),
        ]
        let hosts = [
            "homeandgarden.example", "renovationweekly.example", "thesmallkitchen.example", "designforliving.example",
            "bau-und-küche.example", "tradesdirectory-north.example",
        ]
        facts.links = (0..<count).map { index in
            BacklinkFacts.Link(
                id: Int64(index),
                sourceURL: "https://\(index).example/post-\(index)",
                sourceDomain: (index < hosts.count ? "" : "\(index).") + hosts[index % hosts.count],
                targetURL: "https://hartwellkitchens.example/article-\(index % 9)",
                anchor: ["Hartwell & Sons", "small kitchen layouts", "this guide to Shaker kitchens"][index % 3],
                rating: 12 + wave(index) / 15,
                status: index == 3 ? "pending" : "live",
                isIndexed: index % 6 != 3,
                price: Money(minor: 24_000, currency: .usd),
                deliveredOn: period.start.adding(days: index * (period.numberOfDays - 1) / count),
                orderNumber: index < 10 ? 1_041 : 1_052,
                invoiceNumber: index < 10 ? "2026-000184" : nil,
                isReplacement: index == 2
            )
        }
        facts.builtIndexed = facts.links.count { $0.isIndexed }
        facts.trend = weeks(period, 18).enumerated().map { index, day in
            .init(
                day: day,
                domainRating: Ratio(unscaled: Int64(34 + index * 4 / 17), scale: 0),
                referringDomains: 240 + index * 61 / 17
            )
        }
        return facts
    }

    static func social(_ period: ReportPeriod, _ scale: Int) -> SocialFacts {
        var facts = SocialFacts(
            posts: Comparison(now: 8 * scale, before: 7 * scale),
            impressions: Comparison(now: 10_300 * scale, before: 9_000 * scale),
            engagement: Comparison(now: 577 * scale, before: 498 * scale)
        )
        facts.platforms = [
            .init(
                platform: "instagram",
                posts: 3 * scale,
                impressions: 6_000 * scale,
                engagement: Comparison(now: 300 * scale, before: 240 * scale)
            ),
            .init(
                platform: "facebook",
                posts: 3 * scale,
                impressions: 3_000 * scale,
                engagement: Comparison(now: 190 * scale, before: 200 * scale)
            ),
            .init(
                platform: "linkedin",
                posts: 2 * scale,
                impressions: 1_300 * scale,
                engagement: Comparison(now: 87 * scale, before: 58 * scale)
            ),
        ]
        facts.top = (0..<5).map { index in
            .init(
                platform: "instagram",
                text: "Before and after: a galley kitchen in Headingley gains two metres of worktop",
                url: "https://social.example/p/\(index)",
                postedOn: period.start.adding(days: index),
                impressions: 4_000 - index * 500,
                engagement: 310 - index * 40
            )
        }
        return facts
    }

    static func structure() -> StructureFacts {
        var facts = StructureFacts(
            completion: Comparison(now: 64, before: 61),
            authority: Comparison(now: 71, before: 67),
            version: 2
        )
        facts.clusters = [
            ("Fitted kitchens", 12, 12), ("Worktops", 10, 9), ("Small kitchens", 8, 6), ("Islands", 8, 3),
            ("Utility rooms", 9, 1), ("Locations", 6, 4), ("Appliances", 7, 0),
        ].map { name, pages, published in
            .init(
                name: name,
                hubTitle: "The whole guide to \(name.lowercased())",
                status: published == pages ? "complete" : published == 0 ? "planned" : "in_progress",
                pages: pages,
                published: published
            )
        }
        facts.complete = 1
        facts.inProgress = 5
        facts.planned = 1
        return facts
    }

    static func nextMonth(_ period: ReportPeriod) -> NextMonthFacts {
        var facts = NextMonthFacts(articlesAgreed: 12)
        facts.topics = (0..<9).map { index in
            .init(
                title: [
                    "Utility rooms: what fits in four square metres", "An island with a hob", "Bin systems compared",
                ][index % 3],
                structure: ["guide", "article", "comparison"][index % 3],
                cluster: ["Utility rooms", "Islands"][index % 2],
                dueOn: index == 8 ? nil : period.end.adding(days: 2 + index * 3)
            )
        }
        facts.campaigns = [
            .init(
                name: "Comparison pages",
                links: 13,
                budget: Money(minor: 310_000, currency: .usd),
                targets: [
                    "https://hartwellkitchens.example/quartz-or-granite",
                    "https://hartwellkitchens.example/splashbacks",
                ]
            )
        ]
        facts.linksPlanned = 13
        facts.linksUnderWay = 2
        return facts
    }

    static func losses(_ period: ReportPeriod) -> LossFacts {
        var losses = LossFacts()
        losses.links = [
            .init(
                id: 9,
                sourceURL: "https://gardenandhome.example/kitchens",
                sourceDomain: "gardenandhome.example",
                targetURL: "https://hartwellkitchens.example/small-kitchens",
                rating: 44,
                lostOn: period.start.adding(days: 4),
                reason: "twice in looks a day apart",
                verdict: "gone",
                httpStatus: 410,
                evidence: [
                    .init(witness: "fetch", verdict: "gone", httpStatus: 410, on: period.start.adding(days: 3)),
                    .init(witness: "fetch", verdict: "gone", httpStatus: 410, on: period.start.adding(days: 4)),
                ],
                replacement: .init(sourceDomain: nil, status: "ordered"),
                claim: "sent",
                orderNumber: 1_022
            )
        ]
        losses.delays = [
            .init(
                kind: .contentBehind,
                detail: "9 of 11 articles due by now",
                since: period.start.adding(days: 5),
                clearedOn: nil
            )
        ]
        losses.lateLinks = 2
        losses.suspected = 1
        losses.anomalies = [
            ReportAnomaly(kind: .clicksOfPage, name: "https://hartwellkitchens.example/units", part: 61, whole: 90)
        ]
        losses.missingDays = 2
        return losses
    }

    // MARK: Awkward

    static func named(_ name: String, article: String) -> ReportData {
        var data = ordinary()
        data.subject.name = name
        if case .data(var facts) = data.content {
            for index in facts.articles.indices where index.isMultiple(of: 2) { facts.articles[index].title = article }
            data.content = .data(facts)
        }
        if case .data(var facts) = data.sagHealth {
            for index in facts.clusters.indices { facts.clusters[index].name = article }
            data.sagHealth = .data(facts)
        }
        return data
    }

    static func long() -> ReportData {
        var data = named(
            "The Very Honourable Company of Kitchen Makers, Worktop Cutters and Cabinet Fitters of the North Riding of Yorkshire Limited",
            article:
                "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft and its kitchens, seen by those who cook in them every day of the year and on holidays too"
        )
        data.subject.domain = "the-very-honourable-company-of-kitchen-makers-and-worktop-cutters-of-yorkshire.example"
        if case .data(var facts) = data.backlinks {
            for index in facts.links.indices {
                facts.links[index].sourceDomain =
                    "a-very-long-sub-domain-of-some-publisher.and-its-own-long-name.example"
                facts.links[index].anchor =
                    "an anchor of many words that goes on and on until it says something of note"
                facts.links[index].targetURL =
                    "https://other.example/a/very/long/path/" + String(repeating: "x", count: 80)
            }
            facts.budget.spent = Money(minor: 1_234_567_890, currency: .usd)
            data.backlinks = .data(facts)
        }
        if case .data(var facts) = data.rankings {
            for index in facts.up.indices { facts.up[index].query = String(repeating: "kitchen ideas for ", count: 9) }
            data.rankings = .data(facts)
        }
        return data
    }

    static func nothing() -> ReportData {
        var data = frame(.weekly)
        data.content = .empty
        data.indexing = .empty
        data.rankings = .empty
        data.traffic = .empty
        data.backlinks = .empty
        data.social = .empty
        data.sagHealth = .empty
        data.nextMonth = .empty
        data.sources = []
        return data
    }

    static func leftOut() -> ReportData {
        var data = ordinary(.weekly)
        data.social = .notInUse
        data.sagHealth = .notInUse
        data.backlinks = nil
        data.sections = [.content, .traffic]
        data.losses = LossFacts()
        data.needs = []
        return data
    }

    static func links(_ count: Int) -> ReportData {
        var data = ordinary()
        data.backlinks = .data(backlinks(data.period, count: count))
        return data
    }
}

extension ReportData {
    mutating func explain(_ figure: ReportFigure, _ value: String, rows: Int, _ days: ReportPeriod) {
        explanations.append(
            ReportExplanation(
                figure: figure,
                value: value,
                rows: rows,
                from: days.start,
                to: days.end,
                fetchedAt: gatheredAt
            )
        )
    }
}
