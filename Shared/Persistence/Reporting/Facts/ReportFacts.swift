public import DomainModel
import Foundation
public import Postgres

/// Gathers the facts of a report from the tables, for one site and period (spec 7), in a fixed number of statements
/// whatever the site has.
///
/// Row security decides what is seen: under another account's tenant there is no such site.
public enum ReportFacts {
    /// Why there are no facts.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// There is no such site, or it is another account's.
        case noSite(Site.ID)

        public var description: String {
            switch self {
            case .noSite(let id): "There is no site \(id)."
            }
        }
    }

    /// The facts, without a summary's text.
    /// - Parameter tx: under the account's own tenant. Read only suffices.
    public static func gather(
        _ site: Site.ID,
        _ period: ReportPeriod,
        sections: [ReportSection],
        in tx: PostgresTransaction
    ) async throws -> ReportData {
        let scope = try await ReportScope(site, period, in: tx)
        var data = ReportData(
            subject: scope.subject,
            period: period,
            gatheredAt: scope.now,
            sections: sections
        )
        let wanted = Set(data.sections)
        let trend = try await metrics(scope, in: tx)
        let tally = try await linkTally(scope, in: tx)
        if wanted.contains(.content) { data.content = try await content(scope, &data, in: tx) }
        // What went wrong is told of every module in use, whether its section is wanted or not.
        let pages = try await indexing(scope, trend, &data, in: tx)
        if wanted.contains(.indexing) { data.indexing = pages }
        if wanted.contains(.rankings) { data.rankings = try await rankings(scope, trend, &data, in: tx) }
        let clicks = try await traffic(scope, &data, in: tx)
        if wanted.contains(.traffic) { data.traffic = clicks }
        let snapshots = try await snapshots(scope, &data, in: tx)
        if wanted.contains(.backlinks) {
            data.backlinks = try await backlinks(scope, tally, snapshots, &data, in: tx)
        }
        if case .data(var facts) = data.rankings {
            facts.organicKeywords = snapshots.keywords
            data.rankings = .data(facts)
        }
        if wanted.contains(.social) { data.social = try await social(scope, &data, in: tx) }
        if wanted.contains(.sagHealth) { data.sagHealth = try await structure(scope, trend, &data, in: tx) }
        if wanted.contains(.nextMonth) { data.nextMonth = try await nextMonth(scope, tally, in: tx) }
        try await losses(scope, tally, clicks?.facts, &data, in: tx)
        data.needs = try await needs(scope, in: tx)
        data.sources = sources(scope, data, tally, snapshots)
        return data
    }
}

/// What all statements of one gathering share.
struct ReportScope {
    let account: Int64
    let site: Int64
    let period: ReportPeriod
    let subject: ReportSubject
    /// The subscription the site has, or had last.
    let subscription: Int64?
    let articlesPerMonth: Int?
    /// Decimal text in the account's currency; nil where none is agreed.
    let monthlyBudget: String?
    /// Business time.
    let now: Date
    /// Of Search Console; nil without a connection.
    let console: Console?
    let hasSocial: Bool
    let hasCampaigns: Bool

    struct Console {
        let status: String
        let readAt: Date?
    }

    var zone: String { subject.timeZone }
    var currency: Currency { subject.currency }
    var previous: ReportPeriod { period.previous }

    /// The moment a day begins in the account's zone.
    func start(of day: CalendarDay) -> SQL {
        "((\(day.postgres)::date)::timestamp at time zone \(zone)::text)"
    }

    /// The first moment of the period.
    var from: SQL { start(of: period.start) }
    /// The first moment after it.
    var to: SQL { start(of: period.end.adding(days: 1)) }
    var previousFrom: SQL { start(of: previous.start) }

    /// Both the account and the site, as every statement asks.
    func owns(_ table: String) -> SQL {
        "\(unsafeRaw: table).account_id = \(account) and \(unsafeRaw: table).site_id = \(site)"
    }

    /// The day of a moment in the account's zone.
    func day(_ column: String) -> SQL { "(\(unsafeRaw: column) at time zone \(zone)::text)::date" }

    init(_ site: Site.ID, _ period: ReportPeriod, in tx: PostgresTransaction) async throws {
        let rows = try await tx.query(
            """
            select s.account_id, s.name, s.domain, s.url, a.time_zone, a.currency, sub.id as subscription, sub.tier,
                sub.articles_per_month, sub.service_config -> 'backlinks' ->> 'monthly_budget' as budget,
                gsc.status as console, gsc.last_synced_at as console_read_at, igny8_now() as now,
                exists (select from igny8_social_accounts where account_id = s.account_id and site_id = s.id) as social,
                exists (select from igny8_sag_campaigns where account_id = s.account_id and site_id = s.id) as campaigns
            from igny8_sites s
            join igny8_accounts a on a.id = s.account_id
            left join igny8_gsc_connections gsc on gsc.site_id = s.id and gsc.account_id = s.account_id
            left join lateral (
                select id, tier, articles_per_month, service_config from igny8_managed_service_subscriptions m
                where m.account_id = s.account_id and m.site_id = s.id
                order by m.status = 'cancelled', m.id desc limit 1
            ) sub on true
            where s.id = \(site.rawValue)
            """
        )
        guard let row = rows.first else { throw ReportFacts.Failure.noSite(site) }
        account = try row.decode("account_id")
        self.site = site.rawValue
        self.period = period
        subject = ReportSubject(
            siteID: site.rawValue,
            name: try row.decode("name"),
            domain: try row.decode("domain"),
            url: try row.decode("url"),
            timeZone: try row.decode("time_zone"),
            currency: try row.currency(),
            tier: try row.decode("tier")
        )
        subscription = try row.decode("subscription")
        articlesPerMonth = try row.decode("articles_per_month", as: Int?.self)
        monthlyBudget = try row.decode("budget")
        // Whole seconds: what is stored must be what was gathered.
        now = Date(timeIntervalSince1970: try row.decode("now", as: Date.self).timeIntervalSince1970.rounded(.down))
        console = try row.decode("console", as: String?.self).map { status in
            Console(status: status, readAt: try row.decode("console_read_at"))
        }
        hasSocial = try row.decode("social")
        hasCampaigns = try row.decode("campaigns")
    }
}

extension PostgresRow {
    /// A decimal, or null.
    func ratio(ifAny column: String) throws(PostgresError) -> Ratio? {
        guard try decode(column, as: PostgresNumeric?.self) != nil else { return nil }
        return try ratio(column)
    }
}

extension ReportData {
    /// Says what a figure was computed from.
    mutating func explain(
        _ figure: ReportFigure,
        _ value: String,
        rows: Int,
        _ days: ReportPeriod? = nil,
        fetchedAt: Date? = nil
    ) {
        explanations.append(
            ReportExplanation(
                figure: figure,
                value: value,
                rows: rows,
                from: days?.start,
                to: days?.end,
                fetchedAt: fetchedAt
            )
        )
    }
}
