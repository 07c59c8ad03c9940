import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// Purchases beside the plan. Each is one transaction: the account held → flag, gate and sale → the catalogue's price →
/// subscription or invoice → the purchase → the job that onboards or charges (spec 6).
enum AddOnPurchaseRoutes {
    static let endpoints = [managedService, backlinkPackage, indexingBoost, credits]

    private static let managedService = purchase(
        "managed-service/",
        "buyManagedService",
        "Buy Managed Lite or Pro for a site: its onboarding begins, and its first invoice comes when it is active",
        body: .object([.required("site_id", .id), .required("tier", .oneOf(ServiceTier.self))])
    ) { sale in
        guard let tier = ServiceTier(rawValue: try sale.body.text("tier")) else { throw Problem.unexpected }
        let site = try await sale.site()
        let addOn = try await sale.open(.managedService, tier.rawValue)
        guard case .monthly(let price) = addOn.pricing,
            let offer = try await Catalogue.managedTier(tier, in: sale.write.tx)
        else { throw Problem.unexpected }
        let subscription = try await sale.write.beginService(
            tier,
            for: site,
            price: price,
            articlesPerMonth: offer.articlesPerMonth
        )
        var purchase = AddOnPurchases.New(addOn, site: site.id, price: price)
        purchase.subscription = subscription.id
        return purchase
    }.with {
        $0.flag = .managedServicesEnabled
        $0.bodyGates = ServiceTier.allCases.map { BodyGate(when: "tier = \($0.rawValue)", requirement: .managed($0)) }
        $0.problems = [.conflict]
    }

    private static let backlinkPackage = purchase(
        "backlink-package/",
        "buyBacklinkPackage",
        "Buy a month's package of backlinks for a site; its price follows the number of links and the niche",
        body: .object([
            .required("site_id", .id),
            .required("package", .formatted(.slug, max: 64), "A key of GET billing/add-ons/."),
            .optional("links", .integer(1...1000), "How many; the fewest of the package when left out."),
            .optional("niche", .formatted(.slug, max: 64), "general when left out."),
        ])
    ) { sale in
        let site = try await sale.site()
        let addOn = try await sale.open(.backlinkPackage, try sale.body.text("package"))
        guard case .links(let pricing) = addOn.pricing else { throw Problem.unexpected }
        let niche = sale.body["niche"]?.string ?? "general"
        guard let multiplier = try await AddOns.leastMultiplier(ofNiche: niche, in: sale.write.tx) else {
            throw Problem.invalid("niche", "the key of a niche")
        }
        let count = sale.body["links"]?.integer.map { Int($0) } ?? pricing.links.lowerBound
        guard let price = try pricing.price(for: count, multiplier: multiplier) else {
            throw Problem.invalid("links", "\(pricing.links.lowerBound) to \(pricing.links.upperBound) links")
        }
        var purchase = AddOnPurchases.New(addOn, site: site.id, price: price)
        purchase.quantity = count
        let order = try await sale.order(addOn.key, niche, multiplier, links: count, price, of: site.id)
        purchase.details = [
            "niche": .string(niche), "multiplier": .string(multiplier.description),
            "order_id": .integer(order.rawValue),
        ]
        purchase.invoice = try await sale.invoice(
            .backlinks,
            .backlinks,
            "Backlinks, package \(addOn.name), \(count) links, \(site.domain.name)",
            price,
            site: site.id,
            order: order
        )
        return purchase
    }.with {
        $0.flag = .backlinkOrdersEnabled
        // Asked with the package in hand: the plan that helps is the cheapest of those the package is sold on.
        $0.bodyGates = [
            BodyGate(when: "package = any", requirement: GateRequirement(.backlinksLevel, "self_service"))
        ]
        $0.problems = [.paymentRequired]
    }

    private static let indexingBoost = purchase(
        "indexing-boost/",
        "buyIndexingBoost",
        "Have URLs submitted for indexing, at a price for each",
        body: .object([
            .required("site_id", .id),
            .required("urls", .array(.url, count: 1...1000), "Each counts once, however often it is named."),
        ])
    ) { sale in
        let site = try await sale.site()
        let addOn = try await sale.open(.indexingBoost, "indexing_boost")
        guard case .unit(let each) = addOn.pricing else { throw Problem.unexpected }
        var seen: Set<String> = []
        let urls = (sale.body.texts("urls") ?? []).filter { seen.insert($0).inserted }
        let price = try each.times(urls.count)
        var purchase = AddOnPurchases.New(addOn, site: site.id, price: price)
        purchase.quantity = urls.count
        purchase.details = ["urls": .array(urls.map { .string($0) })]
        purchase.invoice = try await sale.invoice(
            .indexing,
            .indexing,
            "Indexing of \(urls.count) URLs at \(each), \(site.domain.name)",
            price,
            quantity: urls.count,
            site: site.id
        )
        return purchase
    }.with { $0.problems = [.paymentRequired] }

    private static let credits = purchase(
        "credits/",
        "buyCredits",
        "Buy platform credits; they come when the invoice is paid",
        body: .object([.required("package", .formatted(.slug, max: 64), "A key of GET billing/add-ons/.")])
    ) { sale in
        let addOn = try await sale.open(.credits, try sale.body.text("package"))
        guard case .once(let price) = addOn.pricing,
            let package = try await CreditService.packages(in: sale.write.tx).first(where: { $0.key == addOn.key })
        else { throw Problem.unexpected }
        var purchase = AddOnPurchases.New(addOn, site: nil, price: price)
        purchase.quantity = package.credits
        purchase.invoice = try await sale.invoice(.credits, .credits, addOn.name, price)
        return purchase
    }

    private static func purchase(
        _ path: String,
        _ operation: String,
        _ summary: String,
        body: Schema,
        _ sell: @escaping @Sendable (AddOnSale) async throws -> AddOnPurchases.New
    ) -> Endpoint {
        Endpoint(.post, "billing/add-ons/\(path)", .members(.owner), operation, summary) { call in
            let click = try AddOnSale.click(call)
            return try await call.write { write in
                let sale = try await AddOnSale(write)
                let account = sale.account.id
                if let bought = try await AddOnPurchases.find(click, of: account, in: write.tx) {
                    return try await write.answer(Resources.addOnPurchases, bought, status: .created)
                        .with(header: .idempotencyReplayed, "true")
                }
                let purchase = try await sell(sale)
                let id = try await AddOnPurchases.add(
                    purchase,
                    by: click,
                    of: account,
                    createdBy: write.identity.userID,
                    in: write.tx
                )
                try await sale.close(purchase, id)
                return try await write.answer(Resources.addOnPurchases, id, status: .created)
            }
        }.with {
            $0.body = body
            $0.success = .created
            $0.answer = Resources.addOnPurchases.schema
            $0.hasETag = true
        }
    }
}
