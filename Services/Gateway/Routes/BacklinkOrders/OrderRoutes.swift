import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence

/// An order of links from the draft to the yes, and back.
enum OrderRoutes {
    static let endpoints = [create, change, submit, approve, allowMargin, cancel]

    private static let create = Endpoint(
        .post,
        "services/backlink-orders/",
        .staff,
        "createBacklinkOrder",
        "Draft an order of links; with a quote it is sold at the price that was promised"
    ) { call in
        try await call.write { write in
            var desk = try await QuoteDesk(write)
            try await write.require(.backlinkOrdersEnabled, account: desk.account.id)
            try await honour(call.body["quote"]?.string, &desk, write)
            var new = BacklinkServiceOrders.New(
                account: desk.account.id,
                site: desk.site.id,
                price: desk.price,
                links: desk.quote.links
            )
            new.expectedCost = desk.quote.cost
            new.package = desk.package.key
            new.niche = desk.niche.key
            new.surchargeNote = desk.surchargeNote
            new.campaign = try await write.campaign(call.body, of: desk.site.id)
            new.subscription = try await write.subscription(call.body, of: desk.site.id)
            new.type = call.body["order_type"]?.string.flatMap { BacklinkOrderType(rawValue: $0) } ?? .oneTime
            new.notes = call.body["notes"]?.string ?? ""
            new.dueOn = call.body["due_on"]?.string.flatMap { CalendarDay($0) }
            new.createdBy = write.identity.userID
            let order = try await BacklinkServiceOrders.create(new, in: write.tx)
            let planned = desk.plannedLinks(of: order.value, createdBy: write.identity.userID)
            if !planned.isEmpty { _ = try await Backlinks.create(planned, in: write.tx) }
            try await BacklinkServiceOrders.setPricedBy(write.identity.userID, of: order.id, in: write.tx)
            try await write.audit(
                .created,
                .order(order.value),
                Change(
                    to: order.status.rawValue,
                    data: [
                        "package": .string(order.package), "links": .integer(Int64(order.linksAgreed)),
                        "price": .string(order.price.clientPrice.description),
                    ]
                )
            )
            return try await write.created(
                Resources.backlinkOrders,
                order.id.rawValue,
                at: "services/backlink-orders/"
            )
        }
    }.with {
        describe(&$0)
        $0.body = .named("NewBacklinkOrder", .object(OrderQuoteRoutes.question + more))
        $0.success = .created
    }

    private static let more: [Schema.Field] = [
        .optional("quote", .text(max: 300), "As the quote of just this gave it."),
        .optional("campaign_id", .nullable(.id), "A campaign of the site."),
        .optional("managed_subscription_id", .nullable(.id), "The site's managed service, whose margin it counts for."),
        .optional("order_type", .oneOf(BacklinkOrderType.self), "one_time when left out."),
        .optional("due_on", .nullable(.day), "When all is promised for."),
        .optional("notes", .text(max: 10_000), "For staff."),
    ]

    /// A quote that was given in time for just this is kept, whatever the catalogue says now.
    private static func honour(_ slip: String?, _ desk: inout QuoteDesk, _ write: Write) async throws {
        guard let slip else { return }
        guard
            let promise = write.call.services.quotes.open(slip, for: desk.account.id, asked: write.call.body),
            promise.price.currency == desk.account.currency
        else { throw Problem.invalid("quote", "the quote that was given for just this") }
        guard try await BusinessClock.now(in: write.tx) < promise.expiresAt else {
            throw Problem.conflict("stale-quote", "This quote has expired: ask for a new one.")
        }
        desk.honour(promise)
    }

    private static let change = Endpoint(
        .patch,
        "services/backlink-orders/{id}/",
        .staff,
        "updateBacklinkOrder",
        "Change notes and dates at any time, the terms of a draft; a changed draft voids what its client was shown"
    ) { call in
        try await call.write { write in
            let user = write.identity.userID
            var desk = try await write.order()
            try await write.checkVersion(Resources.backlinkOrders, desk.order.id.rawValue)
            let before = desk.order.value
            try await apply(call.body, to: &desk, write)
            if desk.order.value != before { try await BacklinkServiceOrders.save(&desk.order, in: write.tx) }
            let isRepriced = desk.order.price != before.price || desk.order.expectedCost != before.expectedCost
            if isRepriced || desk.order.linksAgreed != before.linksAgreed {
                try await BacklinkServiceOrders.setPricedBy(user, of: desk.order.id, in: write.tx)
            }
            let events = try await OrderApprovals.withdrawIfChanged(desk, by: user, in: write.tx)
            return try await write.done(
                desk,
                events: events + [
                    desk.event(
                        .updated,
                        data: ["fields": .array(call.body.names.map { .string($0) })]
                    )
                ]
            )
        }
    }.with {
        describe(&$0)
        $0.body = .named(
            "BacklinkOrderChange",
            .object(
                [
                    .optional("price", .money, "Of a package order, before the surcharge."),
                    .optional("links", .integer(1...1000), "How many the client buys."),
                    .optional("expected_cost", .money), .optional("niche", .formatted(.slug, max: 64)),
                    .optional("niche_surcharge", .formatted(.signedDecimal, max: 8)),
                    .optional("surcharge_note", .nullable(.text(3...500))),
                ] + more.filter { $0.name != "quote" && $0.name != "order_type" }
            )
        )
    }

    private static func apply(_ body: JSON, to desk: inout OrderApprovals.Desk, _ write: Write) async throws {
        let currency = desk.order.price.clientPrice.currency
        if let notes = body["notes"]?.string { desk.order.notes = notes }
        if body.has("due_on") { desk.order.dueOn = body["due_on"]?.string.flatMap { CalendarDay($0) } }
        let terms = ["campaign_id", "managed_subscription_id", "niche", "niche_surcharge", "surcharge_note"]
        if desk.order.status != .draft, terms.contains(where: { body.has($0) }) {
            throw Problem.conflict("illegal-transition", "The terms of an order are changed while it is a draft.")
        }
        if body.has("campaign_id") { desk.order.campaignID = try await write.campaign(body, of: desk.order.siteID) }
        if body.has("managed_subscription_id") {
            desk.order.subscriptionID = try await write.subscription(body, of: desk.order.siteID)
        }
        var price = desk.order.price
        if let given = try QuoteDesk.money(body["price"], "price", currency) {
            guard price.pricing == .package else {
                throw Problem.invalid("price", "nothing: this order is charged at what it costs")
            }
            price.clientPrice = given
        }
        if body.has("niche") || body.has("niche_surcharge") || body.has("surcharge_note") {
            let key = body["niche"]?.string ?? desk.order.niche
            guard let niche = try await BacklinkTerms.niche(key, in: write.tx) else {
                throw Problem.invalid("niche", "the key of a niche")
            }
            let isOther = key != desk.order.niche
            let given = try QuoteDesk.ratio(body["niche_surcharge"], "niche_surcharge")
            price.surcharge = given ?? (isOther ? niche.least : price.surcharge)
            if body.has("surcharge_note") { desk.order.surchargeNote = body["surcharge_note"]?.string }
            try niche.allow(price.surcharge, note: desk.order.surchargeNote)
            desk.order.niche = key
        }
        let links = body["links"]?.integer.map { Int($0) }
        if let links, links < desk.order.linksAgreed {
            let planned = try await Backlinks.all(of: [desk.order.id], for: .account(desk.account.id), in: write.tx)
            let open = planned.count { $0.status != .rejected && $0.status != .lost }
            guard open <= links else {
                throw Problem.conflict("links-agreed", "\(open) links are planned already: reject some of them first.")
            }
        }
        try desk.order.value.change(
            price: price,
            links: links,
            expectedCost: try QuoteDesk.money(body["expected_cost"], "expected_cost", currency)
        )
    }

    private static let submit = Endpoint(
        .post,
        "services/backlink-orders/{id}/submit/",
        .staff,
        "submitBacklinkOrder",
        "Lay a draft before its client, by mail, with a deadline; approved at once up to the limit the client has agreed to"
    ) { call in
        try await call.write { write in
            var desk = try await write.order()
            let outcome = try await OrderApprovals.submit(
                &desk,
                by: write.identity.userID,
                days: call.body["deadline_days"]?.integer.map { Int($0) } ?? 3,
                silence: call.body["default"]?.string.flatMap { ApprovalDeadline.Silence(rawValue: $0) },
                in: write.tx
            )
            return try await write.done(desk, outcome)
        }
    }.with {
        describe(&$0)
        $0.body = .named(
            "OrderSubmission",
            .object([
                .optional("deadline_days", .integer(1...30), "Until the default holds; 3 when left out."),
                .optional(
                    "default",
                    .oneOf(ApprovalDeadline.Silence.self),
                    """
                    What no answer means: a yes, only within the agreed monthly budget for links, or that staff settle it. \
                    A yes where the budget covers it when left out.
                    """
                ),
            ])
        )
        $0.problems += [.paymentRequired]
    }

    private static let approve = Endpoint(
        .post,
        "services/backlink-orders/{id}/approve/",
        .members(.admin),
        "approveBacklinkOrder",
        "Agree to an order: the client to what they were shown, staff to any draft; it is invoiced and placed"
    ) { call in
        try await call.write { write in
            var desk = try await write.order()
            try await write.checkVersion(Resources.backlinkOrders, desk.order.id.rawValue)
            let way: ApprovalWay = write.identity.isStaff ? .staff : .member
            let (id, user) = (desk.order.id.rawValue, write.identity.userID)
            let comment = call.body["comment"]?.string
            var outcome: OrderApprovals.Outcome
            if var open = try await Approvals.open(of: .backlinkOrder, id, of: desk.account.id, in: write.tx) {
                outcome = try await OrderApprovals.agree(
                    to: &open,
                    &desk,
                    by: user,
                    way: way,
                    comment: comment,
                    in: write.tx
                )
            } else {
                _ = try desk.order.status.applying(.approve)
                guard write.identity.isStaff else {
                    throw Problem.conflict("not-submitted", "This draft has not been laid before you yet.")
                }
                outcome = try await OrderApprovals.approve(
                    &desk,
                    by: user,
                    way: way,
                    because: comment ?? "",
                    in: write.tx
                )
            }
            return try await write.done(desk, outcome)
        }
    }.with {
        describe(&$0)
        $0.body = .named("OrderApproval", .object([.optional("comment", .text(max: 1000))]))
        $0.problems += [.paymentRequired, .preconditionFailed]
    }

    private static let allowMargin = Endpoint(
        .post,
        "services/backlink-orders/{id}/allow-margin/",
        .staff,
        "allowOrderMargin",
        "Let an order pass below the margin's floor: by a second member of staff, who neither made nor priced it"
    ) { call in
        try await call.write { write in
            var desk = try await write.order()
            guard let user = write.identity.userID else {
                throw Problem.forbidden("A person has to allow it, signed in.")
            }
            guard try await BacklinkServiceOrders.pricedBy(desk.order.id, in: write.tx) != user else {
                throw BacklinkOrderError.secondPersonNeeded
            }
            guard [.draft, .approved, .inProgress].contains(desk.order.status) else {
                throw Problem.conflict("illegal-transition", "Nothing of this order can be spent any more.")
            }
            let reason = try call.body.text("reason")
            try desk.order.value.allowMargin(
                by: user,
                reason: reason,
                upTo: try QuoteDesk.money(
                    call.body["expected_cost"],
                    "expected_cost",
                    desk.order.price.clientPrice.currency
                )
            )
            try await BacklinkServiceOrders.save(&desk.order, in: write.tx)
            let events = try await OrderApprovals.withdrawIfChanged(desk, by: user, in: write.tx)
            return try await write.done(
                desk,
                events: events + [
                    desk.event(
                        .marginAllowed,
                        because: reason,
                        data: ["expected_cost": .string(desk.order.expectedCost.description)]
                    )
                ]
            )
        }
    }.with {
        describe(&$0)
        $0.body = .named(
            "MarginAllowance",
            .object([
                .required("reason", .text(10...500), "Stands in the audit log."),
                .optional("expected_cost", .money, "Up to which cost; what is expected now when left out."),
            ])
        )
    }

    private static let cancel = Endpoint(
        .post,
        "services/backlink-orders/{id}/cancel/",
        .members(.admin),
        "cancelBacklinkOrder",
        "Take an order back before anything was ordered; its invoice is withdrawn or credited"
    ) { call in
        try await call.write { write in
            var desk = try await write.order()
            try await write.checkVersion(Resources.backlinkOrders, desk.order.id.rawValue)
            let outcome = try await BacklinkServiceOrders.cancel(
                &desk,
                by: write.identity.userID,
                because: call.body["reason"]?.string ?? "",
                in: write.tx
            )
            return try await write.done(desk, outcome)
        }
    }.with {
        describe(&$0)
        $0.body = .named("OrderCancellation", .object([.optional("reason", .text(max: 500))]))
        $0.problems += [.preconditionFailed]
    }

    static func describe(_ endpoint: inout Endpoint) {
        endpoint.flag = .backlinkOrdersEnabled
        endpoint.answer = Resources.backlinkOrders.schema
        endpoint.hasETag = true
        endpoint.problems = [.conflict]
    }
}

extension Subject {
    static func order(_ order: BacklinkOrder) -> Subject {
        Subject(
            BacklinkOrderStatus.subject,
            order.id.rawValue,
            account: order.accountID,
            subscription: order.subscriptionID
        )
    }
}

extension QuoteDesk {
    /// The links whose target is known already.
    func plannedLinks(of order: BacklinkOrder, createdBy: User.ID?) -> [Backlinks.New] {
        lines.flatMap { line in
            guard let target = line.target else { return [Backlinks.New]() }
            var new = Backlinks.New(
                account: account.id,
                site: site.id,
                order: order.id,
                targetURL: target.url,
                cost: line.cost
            )
            new.campaign = order.campaignID
            new.publisher = line.publisher
            new.tier = line.tier
            new.anchorText = target.anchor
            new.anchorType = target.type
            new.price = line.price
            new.createdBy = createdBy
            return Array(repeating: new, count: line.count)
        }
    }
}

extension Write {
    /// The order of the path, held until the end, with orders switched on for its account.
    func order() async throws -> OrderApprovals.Desk {
        guard let desk = try await OrderApprovals.hold(.init(try call.id()), for: tenant, in: tx) else {
            throw Problem.notFound
        }
        try await require(.backlinkOrdersEnabled, account: desk.account.id)
        return desk
    }

    /// A campaign that the body names, of a site.
    func campaign(_ body: JSON, of site: Site.ID) async throws -> Campaign.ID? {
        guard let id = body["campaign_id"]?.integer else { return nil }
        guard let campaign = try await Campaigns.find(.init(id), for: tenant, in: tx), campaign.siteID == site else {
            throw Problem.invalid("campaign_id", "the id of a campaign of the site")
        }
        return campaign.id
    }

    /// A managed service that the body names, of a site.
    func subscription(_ body: JSON, of site: Site.ID) async throws -> ManagedSubscription.ID? {
        guard let id = body["managed_subscription_id"]?.integer else { return nil }
        guard let found = try await ManagedSubscriptions.find(.init(id), for: tenant, in: tx), found.siteID == site
        else { throw Problem.invalid("managed_subscription_id", "the id of a managed service of the site") }
        return found.id
    }

    /// Writes what a decision leaves behind, and answers the order as it is now.
    func done(
        _ desk: OrderApprovals.Desk,
        _ outcome: OrderApprovals.Outcome,
        status: HTTPResponse.Status = .ok
    ) async throws -> Answer {
        try await record(outcome)
        return try await answer(Resources.backlinkOrders, desk.order.id.rawValue, status: status)
    }

    func done(
        _ desk: OrderApprovals.Desk,
        events: [AuditEvent],
        status: HTTPResponse.Status = .ok
    ) async throws -> Answer {
        var outcome = OrderApprovals.Outcome()
        outcome.events = events
        return try await done(desk, outcome, status: status)
    }

    /// The jobs first, the audit events last.
    func record(_ outcome: OrderApprovals.Outcome) async throws {
        for job in outcome.jobs { _ = try await enqueue(job) }
        try await call.record(outcome.events, in: tx)
    }
}
