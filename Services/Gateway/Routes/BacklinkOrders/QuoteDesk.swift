import DomainModel
import Foundation
import HTTPTypes
import Persistence

/// Reckons what the body of a quote or of a new order asks for, from the catalogue and the publishers as they are now.
struct QuoteDesk: Sendable {
    /// One line of the body, with what each of its links costs and is sold for.
    struct Line: Sendable {
        let tier: String?
        let publisher: Publisher.ID?
        let count: Int
        let cost: Money
        let price: Money
        let target: PlannedTarget?
    }

    let account: Account
    let site: Site
    let package: LinkPackage
    let niche: Niche
    let surchargeNote: String?
    let lines: [Line]
    let quote: OrderQuote

    /// - Throws: 403 when a client asks for what only staff decide, 422 for what is not sold so.
    init(_ write: Write) async throws {
        let body = write.call.body
        guard let site = try await Sites.find(.init(try body.number("site_id")), for: write.tenant, in: write.tx),
            let account = try await Accounts.find(site.accountID, for: write.tenant, in: write.tx)
        else { throw Problem.invalid("site_id", "the id of a site") }
        self.site = site.value
        self.account = account.value
        if !write.identity.isStaff { try Self.keepToClients(body) }
        let currency = account.currency
        let key = body["package"]?.string ?? "custom"
        guard let package = try await LinkCatalogue.package(key, in: write.tx),
            write.identity.isStaff || !package.isStaffOnly || body["package"] == nil
        else { throw Problem.invalid("package", "the key of a package that is sold") }
        self.package = package
        let tiers = try await LinkCatalogue.tiers(in: write.tx)
        let niche = body["niche"]?.string ?? "general"
        guard let niche = try await BacklinkTerms.niche(niche, in: write.tx) else {
            throw Problem.invalid("niche", "the key of a niche")
        }
        self.niche = niche
        surchargeNote = body["surcharge_note"]?.string
        let surcharge = try Self.ratio(body["niche_surcharge"], "niche_surcharge") ?? niche.least
        try niche.allow(surcharge, note: surchargeNote)
        let pricing = body["pricing"]?.string.flatMap { OrderPricing(rawValue: $0) } ?? .package
        lines = try await Self.lines(body, pricing, tiers, currency, site.domain, write)
        var items = try lines.map { line in
            try OrderQuote.Item(
                Self.name(line, tiers),
                tier: line.tier,
                publisher: line.publisher,
                count: line.count,
                price: line.price.multiplied(by: line.count),
                cost: line.cost.multiplied(by: line.count)
            )
        }
        if let item = try Self.item(of: package, body, pricing, tiers, currency) { items.insert(item, at: 0) }
        guard !items.isEmpty else { throw Problem.invalid("lines", "at least one line, or a package") }
        quote = try OrderQuote(
            pricing,
            items,
            surcharge: surcharge,
            costFactor: try await BacklinkTerms.current(in: write.tx).passThroughFactor,
            in: currency
        )
        guard quote.links <= Self.mostLinks else {
            throw Problem.invalid("lines", "at most \(Self.mostLinks) links in all")
        }
    }

    /// More is no order but a catalogue; each link is a row.
    private static let mostLinks = 1000

    /// The price that was promised for just this takes the place of today's.
    mutating func honour(_ slip: QuoteSlip.Promise) {
        promised = OrderPrice(
            quote.price.pricing,
            clientPrice: slip.price,
            surcharge: slip.surcharge,
            costFactor: slip.costFactor
        )
    }

    private var promised: OrderPrice?

    /// What an order would be made with.
    var price: OrderPrice { promised ?? quote.price }

    // MARK: The parts of a body

    /// What a client may ask about: the catalogue. Prices, surcharges and publishers are for staff to set.
    private static func keepToClients(_ body: JSON) throws {
        let reserved = ["niche_surcharge", "surcharge_note", "price", "expected_cost"].filter { body.has($0) }
        let isReserved =
            !reserved.isEmpty || body["pricing"]?.string == OrderPricing.passThrough.rawValue
            || (body["lines"]?.array ?? []).contains { $0.has("publisher_id") || $0.has("price") || !$0.has("tier") }
        if isReserved { throw Problem.forbidden("Only staff set prices and surcharges or choose publishers.") }
    }

    private static func lines(
        _ body: JSON,
        _ pricing: OrderPricing,
        _ tiers: [LinkTier],
        _ currency: Currency,
        _ domain: Domain,
        _ write: Write
    ) async throws -> [Line] {
        let asked = body["lines"]?.array ?? []
        let ids = Set(asked.compactMap { $0["publisher_id"]?.integer.map { Publisher.ID($0) } })
        let found = ids.isEmpty ? [] : try await Publishers.find(all: Array(ids), in: write.tx)
        let publishers = Dictionary(found.map { ($0.id, $0.value) }) { first, _ in first }
        return try asked.enumerated().map { index, line in
            let at = "lines.\(index)"
            let publisher = try line["publisher_id"]?.integer.map { id in
                guard let publisher = publishers[Publisher.ID(id)], publisher.isActive else {
                    throw Problem.invalid("\(at).publisher_id", "the id of a publisher that is active")
                }
                return publisher
            }
            let tier = try line["tier"]?.string.map { key in
                guard let tier = tiers.first(where: { $0.key == key }) else {
                    throw Problem.invalid("\(at).tier", "the key of a tier")
                }
                return tier
            }
            let fitting = tier ?? publisher.flatMap { tiers.tier(of: $0.listing) }
            guard let cost = try publisher?.listing.price ?? fitting?.middleCost() else {
                throw Problem.invalid("\(at).tier", "required: a tier or a publisher")
            }
            try require(currency, cost.currency)
            let given = try money(line["price"], "\(at).price", currency)
            let price = try given ?? (pricing == .passThrough ? .zero(currency) : fitting?.price(atCost: cost))
            guard let price else {
                throw Problem.invalid("\(at).price", "required: the publisher is of no tier of the catalogue")
            }
            try require(currency, price.currency)
            return Line(
                tier: fitting?.key,
                publisher: publisher?.id,
                count: line["count"]?.integer.map { Int($0) } ?? 1,
                cost: cost,
                price: price,
                target: try line["target_url"].map { _ in try PlannedTarget(line, at: at, on: domain) }
            )
        }
    }

    /// The package itself, where links are bought by the package.
    private static func item(
        of package: LinkPackage,
        _ body: JSON,
        _ pricing: OrderPricing,
        _ tiers: [LinkTier],
        _ currency: Currency
    ) throws -> OrderQuote.Item? {
        let given = try money(body["price"], "price", currency)
        let asked = body["links"]?.integer.map { Int($0) }
        guard let count = asked ?? package.pricing?.links.lowerBound else {
            if given != nil { throw Problem.invalid("links", "required with a price") }
            return nil
        }
        if let least = package.pricing?.least { try require(currency, least.currency) }
        let listed = try package.pricing?.price(for: count)
        guard let price = given ?? listed ?? (pricing == .passThrough ? .zero(currency) : nil) else {
            guard let range = package.pricing?.links else {
                throw Problem.invalid("price", "required: this package has no price in the catalogue")
            }
            throw Problem.invalid("links", "\(range.lowerBound) to \(range.upperBound) links")
        }
        let each = try package.linkCost(price: listed ?? price, links: count, of: tiers)
        let cost = try money(body["expected_cost"], "expected_cost", currency) ?? each?.multiplied(by: count)
        guard let cost else {
            throw Problem.invalid("expected_cost", "required: no tier of the catalogue fits the package at this price")
        }
        return OrderQuote.Item("\(package.name), \(count) links", count: count, price: price, cost: cost)
    }

    private static func name(_ line: Line, _ tiers: [LinkTier]) -> String {
        let tier = tiers.first { $0.key == line.tier }?.name ?? "Link"
        return line.count == 1 ? tier : "\(tier), \(line.count) links"
    }

    private static func require(_ currency: Currency, _ other: Currency) throws {
        guard currency == other else {
            throw Problem.conflict("not-sold", "This has no price in \(currency.code): it is in \(other.code).")
        }
    }

    static func money(_ value: JSON?, _ field: String, _ currency: Currency) throws -> Money? {
        guard let text = value?.string else { return nil }
        do {
            return try Money(decimal: text, currency: currency)
        } catch {
            throw Problem.invalid(field, "an amount that \(currency.code) can hold")
        }
    }

    static func ratio(_ value: JSON?, _ field: String) throws -> Ratio? {
        guard let text = value?.string else { return nil }
        guard let ratio = Ratio(text), ratio.scale <= 2, ratio < Ratio("100") ?? .one else {
            throw Problem.invalid(field, "a multiplier below 100 with at most two decimals, such as \"1.5\"")
        }
        return ratio
    }
}

/// Where a planned link is to lead, and with which words.
struct PlannedTarget: Sendable {
    let url: String
    let anchor: String
    let type: AnchorType

    /// - Throws: 422 for a page that is not of the site: a client pays for links to it alone.
    init(_ line: JSON, at: String, on domain: Domain) throws {
        url = try line.text("target_url")
        guard let target = LinkURL(url), target.site == domain.name || target.site.hasSuffix("." + domain.name) else {
            throw Problem.invalid("\(at).target_url", "a page of \(domain.name)")
        }
        anchor = line["anchor_text"]?.string ?? ""
        type = line["anchor_type"]?.string.flatMap { AnchorType(rawValue: $0) } ?? .branded
    }

    static let fields: [Schema.Field] = [
        .optional("target_url", .url, "A page of the site."), .optional("anchor_text", .text(max: 500)),
        .optional("anchor_type", .oneOf(AnchorType.self), "branded when left out."),
    ]
}
