import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    /// What Ahrefs said of the site.
    struct Snapshots {
        var rating: DecimalComparison?
        var domains: Comparison?
        var keywords: Comparison?
        var trend: [BacklinkFacts.Point] = []
        var readAt: Date?
    }

    static func snapshots(
        _ scope: ReportScope,
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws -> Snapshots {
        let first = trendDays(scope.period).first ?? scope.previous.start
        let rows = try await tx.query(
            """
            select s.snapshot_date, s.domain_rating, s.referring_domains, s.organic_keywords, s.updated_at
            from igny8_ahrefs_domain_snapshots s
            where \(fragment: scope.owns("s")) and s.domain = \(scope.subject.domain)
                and s.snapshot_date between \(min(first, scope.previous.start).postgres) and \(scope.period.end.postgres)
            order by s.snapshot_date
            """
        )
        var found = Snapshots()
        var (rating, domains, keywords): (Ratio?, Int?, Int?)
        var (ratingBefore, domainsBefore, keywordsBefore): (Ratio?, Int?, Int?)
        var inPeriod = 0
        for row in rows {
            let day = try row.day("snapshot_date")
            rating = try row.ratio(ifAny: "domain_rating") ?? rating
            domains = try row.decode("referring_domains", as: Int?.self) ?? domains
            keywords = try row.decode("organic_keywords", as: Int?.self) ?? keywords
            if day <= scope.previous.end {
                (ratingBefore, domainsBefore, keywordsBefore) = (rating, domains, keywords)
            } else {
                inPeriod += 1
            }
            found.readAt = try row.decode("updated_at")
            found.trend.append(.init(day: day, domainRating: rating, referringDomains: domains))
        }
        // One point a week: the last of those that lie less than a week apart, counted from the end.
        var weeks: [BacklinkFacts.Point] = []
        for point in found.trend.reversed() {
            guard let last = weeks.last else {
                weeks.append(point)
                continue
            }
            if point.day.days(until: last.day) >= 7 { weeks.append(point) }
        }
        found.trend = weeks.reversed()
        found.rating = rating.map { DecimalComparison(now: $0, before: ratingBefore) }
        found.domains = domains.map { Comparison(now: $0, before: domainsBefore) }
        found.keywords = keywords.map { Comparison(now: $0, before: keywordsBefore) }
        if let rating {
            data.explain(.domainRating, rating.description, rows: inPeriod, scope.period, fetchedAt: found.readAt)
        }
        if let domains {
            data.explain(.referringDomains, String(domains), rows: inPeriod, scope.period, fetchedAt: found.readAt)
        }
        return found
    }
}
