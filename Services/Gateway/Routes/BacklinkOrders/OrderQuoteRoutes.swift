import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence

/// `POST services/backlink-orders/quote/`: a price that is a promise, and for staff what it would leave.
enum OrderQuoteRoutes {
    static let endpoints = [quote]

    private static let quote = Endpoint(
        .post,
        "services/backlink-orders/quote/",
        .anyone,
        "quoteBacklinkOrder",
        "The price of a package, of links by tier or publisher, or of links at cost plus our share; saves nothing, and holds"
    ) { call in
        try await call.view { write in
            let desk = try await QuoteDesk(write)
            if !write.identity.isStaff { try await requireSold(desk.package, to: desk.account, write) }
            let now = try await BusinessClock.now(in: write.tx)
            let floor = try await BacklinkTerms.current(in: write.tx).marginFloor
            // Whole seconds, as the slip has it.
            let end = Date(timeIntervalSince1970: (now.timeIntervalSince1970 + QuoteSlip.lifetime).rounded(.down))
            let slip = call.services.quotes.seal(
                desk.price,
                until: end,
                for: desk.account.id,
                asked: call.body
            )
            let shown = try shown(desk, slip, until: end, floor, isStaff: write.identity.isStaff)
            return Answer.json { $0.value(shown) }
        }
    }.with {
        $0.scope = .servicesRead
        $0.flag = .backlinkOrdersEnabled
        $0.gate = GateRequirement(.backlinksLevel, "self_service")
        $0.body = .named("OrderQuestion", .object(question))
        $0.answer = schema
        $0.takesIdempotencyKey = false
        $0.problems = [.conflict]
    }

    /// What a quote asks, and a new order too.
    static let question: [Schema.Field] = [
        .required("site_id", .id),
        .optional("package", .formatted(.slug, max: 64), "A package's key; custom when left out."),
        .optional("links", .integer(1...1000), "How many the package is to bring; its fewest when left out."),
        .optional("price", .money, "For staff: what the package is sold for; the catalogue's price when left out."),
        .optional(
            "expected_cost",
            .money,
            "For staff: what the package is expected to cost; the catalogue's when left out."
        ),
        .optional(
            "lines",
            .array(
                .object(
                    [
                        .optional("tier", .formatted(.slug, max: 64), "A quality tier's key."),
                        .optional("publisher_id", .id, "For staff: who places the links."),
                        .optional("count", .integer(1...500), "How many; one when left out."),
                        .optional("price", .money, "For staff: of one link; by the tier's range when left out."),
                    ] + PlannedTarget.fields
                ),
                count: 0...200
            ),
            "Links by tier or by publisher, beside the package or without one."
        ),
        .optional("niche", .formatted(.slug, max: 64), "general when left out."),
        .optional(
            "niche_surcharge",
            .formatted(.signedDecimal, max: 8),
            "For staff; the least of the niche when left out. Outside the niche's range it needs a note."
        ),
        .optional("surcharge_note", .text(3...500)),
        .optional("pricing", .oneOf(OrderPricing.self), "package when left out; pass_through is for staff."),
    ]

    /// The plans a package is sold on hold for clients; what staff sell is theirs to decide.
    private static func requireSold(_ package: LinkPackage, to account: Account, _ write: Write) async throws {
        guard let addOn = try await AddOns.find(.backlinkPackage, package.key, in: write.tx), let plans = addOn.plans
        else { return }
        let holding = try await write.holding(of: account.id)
        let decision = try await write.featureGate().decide(saleOf: addOn.subject, on: plans, to: holding.plan)
        if case .refused(let refusal) = decision { throw refusal }
    }

    private static func shown(
        _ desk: QuoteDesk,
        _ slip: String,
        until end: Date,
        _ floor: Ratio,
        isStaff: Bool
    ) throws -> JSON {
        let quote = desk.quote
        let margin = try quote.margin()
        func staff(_ value: JSON) -> JSON { isStaff ? value : .null }
        func number(_ value: Int) -> JSON { .number(String(value)) }
        return [
            "quote": .string(slip),
            "expires_at": .string(end.formatted(.iso8601)),
            "site_id": .number(desk.site.id.description),
            "package": .string(desk.package.key),
            "niche": .string(desk.niche.key),
            "niche_surcharge": .string(quote.price.surcharge.description),
            "pricing": .string(quote.price.pricing.rawValue),
            "currency": .string(quote.total.currency.code),
            "links": number(quote.links),
            "lines": .array(
                quote.items.map { item in
                    [
                        "description": .string(item.description), "tier": .text(item.tier),
                        "publisher_id": staff(item.publisher.map { .number($0.description) } ?? .null),
                        "count": number(item.count), "price": .string(item.price.decimalString),
                        "cost": staff(.string(item.cost.decimalString)),
                    ]
                }
            ),
            "base": .string(quote.base.decimalString),
            "surcharge": .string(quote.surcharge.decimalString),
            "total": .string(quote.total.decimalString),
            "cost": staff(.string(quote.cost.decimalString)),
            "margin": staff(.string(margin.left.decimalString)),
            "margin_permille": staff(margin.permille.map(number) ?? .null),
            "is_below_floor": staff(.bool(margin.isBelow(floor))),
        ]
    }

    private static let amount = ReadModel.Kind.money.schema

    private static let schema = Schema.named(
        "OrderQuote",
        .object([
            .required("quote", .text(max: 300), "Sent along with the order, it fixes the price."),
            .required("expires_at", .time, "The price holds until then."), .required("site_id", .id),
            .required("package", .text(max: 64)), .required("niche", .text(max: 64)),
            .required("niche_surcharge", ReadModel.Kind.decimal.schema),
            .required("pricing", .oneOf(OrderPricing.self)), .required("currency", .currency),
            .required("links", .count),
            .required(
                "lines",
                .array(
                    .object([
                        .required("description", .text(max: 300)), .required("tier", .nullable(.text(max: 64))),
                        .required("publisher_id", .nullable(.id), "Null for clients."), .required("count", .count),
                        .required("price", amount, "A part of base: the lines add up to it."),
                        .required("cost", .nullable(amount), "Null for clients."),
                    ]),
                    count: 0...201
                )
            ),
            .required("base", amount, "Before the surcharge."),
            .required("surcharge", amount, "What the niche adds: base and surcharge are the total."),
            .required("total", amount, "Without tax."),
            .required("cost", .nullable(amount), "Expected; null for clients."),
            .required("margin", .nullable(amount), "Total less cost; null for clients."),
            .required(
                "margin_permille",
                .nullable(.integer(Int64.min...Int64.max)),
                "Thousandths of the total; null for clients."
            ),
            .required(
                "is_below_floor",
                .nullable(.boolean),
                "Whether a second member of staff would have to allow it; null for clients."
            ),
        ])
    )
}
