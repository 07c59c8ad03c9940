import DomainModel
import HTTPTypes
import Persistence
import Postgres

/// The reads of orders, links, publishers and campaigns. What links cost us is null for clients.
enum BacklinkListRoutes {
    static let endpoints = [orders, order, links, publishers, campaigns, campaign, kpis]

    private static let orders = Endpoint.list(
        "services/backlink-orders/",
        .anyone,
        "listBacklinkOrders",
        "Orders of links: all for staff, the account's own for members",
        Resources.backlinkOrders,
        where: { call in
            call.query["agreed_from"].flatMap { CalendarDay($0) }.map { day in
                """
                t.status not in ('draft', 'cancelled') and t.approved_at >= \(day.postgres)::date::timestamp at time zone a.time_zone
                """
            }
        }
    ).with {
        $0.scope = .servicesRead
        $0.query.append(
            QueryParameter("agreed_from", .day, "Only what was agreed from this day on, in the account's zone.")
        )
    }

    private static let order = Endpoint.detail(
        "services/backlink-orders/{id}/",
        .anyone,
        "getBacklinkOrder",
        "An order of links",
        Resources.backlinkOrders
    ).with { $0.scope = .servicesRead }

    private static let links = Endpoint.list(
        "services/backlink-orders/{id}/links/",
        .anyone,
        "listBacklinks",
        "The links of an order",
        Resources.backlinks,
        under: .backlinkOrders,
        where: { call in "t.order_id = \(try call.id())" }
    ).with { $0.scope = .servicesRead }

    private static let publishers = Endpoint.list(
        "services/publishers/",
        .staff,
        "listPublishers",
        "Publishers by country, niche, strength and budget",
        Resources.publishers,
        where: { call in
            var conditions: [SQL] = []
            if let least = call.query.integer("min_dr") { conditions.append("t.dr >= \(least)") }
            if let most = call.query.integer("max_dr") { conditions.append("t.dr <= \(most)") }
            if let least = call.query.integer("min_traffic") { conditions.append("t.traffic >= \(least)") }
            if let budget = call.query.integer("max_price") { conditions.append("t.price <= \(budget)") }
            guard let first = conditions.first else { return nil }
            return conditions.dropFirst().reduce(first) { $0 + " and " + $1 }
        }
    ).with {
        $0.query += [
            QueryParameter("min_dr", .integer(0...100), "At least so strong."),
            QueryParameter("max_dr", .integer(0...100), "At most so strong."),
            QueryParameter("min_traffic", .integer(0...1_000_000_000_000), "At least so many visits a month."),
            QueryParameter(
                "max_price",
                .integer(0...1_000_000_000),
                "What may be spent, in whole units of the currency."
            ),
        ]
    }

    private static let campaigns = Endpoint.list(
        "services/campaigns/",
        .anyone,
        "listCampaigns",
        "Link campaigns: all for staff, the account's own for members",
        Resources.campaigns
    ).with { $0.scope = .servicesRead }

    private static let campaign = Endpoint.detail(
        "services/campaigns/{id}/",
        .anyone,
        "getCampaign",
        "A link campaign",
        Resources.campaigns
    ).with { $0.scope = .servicesRead }

    private static let kpis = Endpoint.list(
        "services/campaigns/{id}/kpis/",
        .anyone,
        "listCampaignKPIs",
        "What a campaign had reached, by day",
        Resources.campaignKPIs,
        under: .campaigns,
        where: { call in "t.campaign_id = \(try call.id())" }
    ).with { $0.scope = .servicesRead }
}
