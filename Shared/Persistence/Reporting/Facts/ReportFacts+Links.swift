import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    /// All links of the site, counted by the strength of their domains.
    struct LinkTally {
        var links = 0
        var built = 0
        var builtBefore = 0
        var builtIndexed = 0
        var live = 0
        var liveBefore = 0
        var lost = 0
        var lostBefore = 0
        var rejected = 0
        var late = 0
        var suspected = 0
        var replaced = 0
        var underWay = 0
        var quality = 0
        var qualityOf = 0
        var ratings: [BacklinkFacts.RatingRange] = []
        var readAt: Date?
    }

    static func linkTally(_ scope: ReportScope, in tx: PostgresTransaction) async throws -> LinkTally {
        let built: SQL = "(l.delivered_at >= \(fragment: scope.from) and l.delivered_at < \(fragment: scope.to))"
        func live(at moment: SQL) -> SQL {
            """
            (l.live_at < \(fragment: moment) and (l.lost_at is null or l.lost_at >= \(fragment: moment))
                and (l.rejected_at is null or l.rejected_at >= \(fragment: moment)))
            """
        }
        let rows = try await tx.query(
            """
            select case when l.source_dr is not null then least(l.source_dr / 10, 9) end as decade, count(*) as links,
                count(*) filter (where \(fragment: built)) as built,
                count(*) filter (where l.delivered_at >= \(fragment: scope.previousFrom)
                    and l.delivered_at < \(fragment: scope.from)) as built_before,
                count(*) filter (where \(fragment: built) and l.is_indexed) as built_indexed,
                count(*) filter (where \(fragment: live(at: scope.to))) as live,
                count(*) filter (where \(fragment: live(at: scope.from))) as live_before,
                count(*) filter (where l.lost_at >= \(fragment: scope.from) and l.lost_at < \(fragment: scope.to)) as lost,
                count(*) filter (where l.lost_at >= \(fragment: scope.previousFrom)
                    and l.lost_at < \(fragment: scope.from)) as lost_before,
                count(*) filter (where l.rejected_at >= \(fragment: scope.from)
                    and l.rejected_at < \(fragment: scope.to) and l.delivered_at is not null) as rejected,
                count(*) filter (where l.due_on <= \(scope.period.end.postgres) and l.ordered_at < \(fragment: scope.to)
                    and (l.delivered_at is null or l.delivered_at >= \(fragment: scope.to))
                    and l.rejected_at is null and l.written_off_at is null) as late,
                count(*) filter (where l.status = 'live' and l.suspected_at is not null) as suspected,
                count(*) filter (where \(fragment: built) and l.replaces_id is not null) as replaced,
                count(*) filter (where l.status = 'ordered') as under_way,
                coalesce(sum(l.quality_score) filter (where \(fragment: built)), 0)::bigint as quality,
                count(l.quality_score) filter (where \(fragment: built)) as quality_of,
                max(l.last_checked_at) as read_at
            from igny8_sag_backlinks l
            where \(fragment: scope.owns("l"))
            group by decade order by decade
            """
        )
        var tally = LinkTally()
        for row in rows {
            func count(_ name: String) throws -> Int { try row.decode(name) }
            tally.links += try count("links")
            tally.built += try count("built")
            tally.builtBefore += try count("built_before")
            tally.builtIndexed += try count("built_indexed")
            tally.live += try count("live")
            tally.liveBefore += try count("live_before")
            tally.lost += try count("lost")
            tally.lostBefore += try count("lost_before")
            tally.rejected += try count("rejected")
            tally.late += try count("late")
            tally.suspected += try count("suspected")
            tally.replaced += try count("replaced")
            tally.underWay += try count("under_way")
            tally.quality += try count("quality")
            tally.qualityOf += try count("quality_of")
            let decade = try row.decode("decade", as: Int?.self)
            tally.ratings.append(
                .init(
                    from: decade.map { $0 * 10 },
                    to: decade.map { $0 == 9 ? 100 : $0 * 10 + 9 },
                    built: try count("built"),
                    live: try count("live")
                )
            )
            tally.readAt = [tally.readAt, try row.decode("read_at", as: Date?.self)].compactMap { $0 }.max()
        }
        return tally
    }

    static func backlinks(
        _ scope: ReportScope,
        _ tally: LinkTally,
        _ snapshots: Snapshots,
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws -> ReportPart<BacklinkFacts> {
        let (orders, budget) = try await orders(scope, in: tx)
        guard tally.links > 0 || !orders.isEmpty || snapshots.rating != nil || snapshots.domains != nil else {
            return scope.hasCampaigns ? .empty : .notInUse
        }
        var facts = BacklinkFacts(
            built: Comparison(now: tally.built, before: tally.builtBefore),
            live: Comparison(now: tally.live, before: tally.liveBefore),
            lost: Comparison(now: tally.lost, before: tally.lostBefore),
            budget: budget
        )
        facts.builtIndexed = tally.builtIndexed
        // Tenths, half-even.
        facts.quality =
            tally.qualityOf == 0
            ? nil : Ratio(unscaled: Int64(halfEven(tally.quality * 10, tally.qualityOf)), scale: 1)
        facts.ratings = tally.ratings.filter { $0.built > 0 || $0.live > 0 }
        facts.orders = orders
        facts.domainRating = snapshots.rating
        facts.referringDomains = snapshots.domains
        facts.trend = snapshots.trend
        facts.links = try await links(scope, in: tx)
        data.explain(.linksBuilt, String(tally.built), rows: tally.built, scope.period)
        data.explain(.linksLive, String(tally.live), rows: tally.links, fetchedAt: tally.readAt)
        data.explain(.linksLost, String(tally.lost), rows: tally.lost, scope.period, fetchedAt: tally.readAt)
        data.explanations.append(
            ReportExplanation(
                figure: .budgetSpent,
                value: budget.spent.description,
                rows: orders.count,
                from: budget.from,
                to: budget.to
            )
        )
        return .data(facts)
    }

    /// A quotient of numbers that are not negative, ties to the even one.
    static func halfEven(_ numerator: Int, _ denominator: Int) -> Int {
        let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        let twice = remainder * 2
        return quotient + (twice > denominator || (twice == denominator && !quotient.isMultiple(of: 2)) ? 1 : 0)
    }

    private static func links(_ scope: ReportScope, in tx: PostgresTransaction) async throws -> [BacklinkFacts.Link] {
        try await tx.query(
            """
            select l.id, l.source_url, l.source_domain, l.target_url, l.anchor_text, l.source_dr, l.status, l.is_indexed,
                nullif(l.price, 0) as price, l.currency, \(fragment: scope.day("l.delivered_at")) as delivered_on,
                l.order_id, invoice.number, l.replaces_id is not null as is_replacement
            from igny8_sag_backlinks l
            left join igny8_backlink_service_orders o on o.id = l.order_id and o.account_id = l.account_id
            left join igny8_invoices invoice on invoice.id = o.invoice_id and invoice.account_id = o.account_id
            where \(fragment: scope.owns("l")) and l.delivered_at >= \(fragment: scope.from)
                and l.delivered_at < \(fragment: scope.to)
            order by l.delivered_at, l.id
            """
        ).map { row in
            BacklinkFacts.Link(
                id: try row.decode("id"),
                sourceURL: try row.decode("source_url", as: String?.self) ?? "",
                sourceDomain: try row.decode("source_domain", as: String?.self) ?? "",
                targetURL: try row.decode("target_url"),
                anchor: try row.decode("anchor_text"),
                rating: try row.decode("source_dr"),
                status: try row.decode("status"),
                isIndexed: try row.decode("is_indexed"),
                price: try row.money(ifAny: "price", in: row.currency()),
                deliveredOn: try row.day("delivered_on"),
                orderNumber: try row.decode("order_id"),
                invoiceNumber: try row.decode("number"),
                isReplacement: try row.decode("is_replacement")
            )
        }
    }

    private static func orders(
        _ scope: ReportScope,
        in tx: PostgresTransaction
    ) async throws -> ([BacklinkFacts.Order], BacklinkFacts.Budget) {
        let from = scope.period.type == .weekly ? scope.period.end.calendarMonth.firstDay : scope.period.start
        let ordered: SQL = "o.ordered_at >= \(fragment: scope.start(of: from)) and o.ordered_at < \(fragment: scope.to)"
        let rows = try await tx.query(
            """
            select o.id, o.package, o.status, o.links_agreed, o.links_delivered, o.links_live, o.links_indexed,
                o.charged_total, o.currency, o.due_on, invoice.number, \(fragment: ordered) is true as is_spent,
                o.approved_at < \(fragment: scope.to) and (o.status in ('approved', 'in_progress')
                    or exists (select from igny8_sag_backlinks l where l.order_id = o.id
                        and l.delivered_at >= \(fragment: scope.from) and l.delivered_at < \(fragment: scope.to)))
                    as is_listed
            from igny8_backlink_service_orders o
            left join igny8_invoices invoice on invoice.id = o.invoice_id and invoice.account_id = o.account_id
            where \(fragment: scope.owns("o")) and o.status not in ('draft', 'cancelled')
            order by o.id
            """
        )
        var orders: [BacklinkFacts.Order] = []
        var spent: [Currency: Money] = [:]
        for row in rows {
            let currency = try row.currency()
            let charged = try row.money("charged_total", in: currency)
            if try row.decode("is_spent") { spent[currency] = try (spent[currency] ?? .zero(currency)) + charged }
            guard try row.decode("is_listed", as: Bool?.self) == true else { continue }
            orders.append(
                BacklinkFacts.Order(
                    number: try row.decode("id"),
                    package: try row.decode("package"),
                    status: try row.decode("status"),
                    agreed: try row.decode("links_agreed"),
                    delivered: try row.decode("links_delivered"),
                    live: try row.decode("links_live"),
                    indexed: try row.decode("links_indexed"),
                    charged: charged,
                    invoiceNumber: try row.decode("number"),
                    dueOn: try row.day(ifAny: "due_on")
                )
            )
        }
        let months = scope.period.type == .quarterly ? 3 : 1
        let monthly = scope.monthlyBudget.flatMap { try? Money(decimal: $0, currency: scope.currency) }
        let budget = BacklinkFacts.Budget(
            from: from,
            to: scope.period.end,
            spent: spent.removeValue(forKey: scope.currency) ?? .zero(scope.currency),
            spentElsewhere: spent.values.sorted { $0.currency.code < $1.currency.code },
            planned: try monthly.flatMap { $0.isPositive ? try $0.multiplied(by: months) : nil }
        )
        return (orders, budget)
    }
}
