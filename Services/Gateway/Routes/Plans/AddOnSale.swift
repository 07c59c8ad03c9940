import Crypto
import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// A purchase under way, with the buyer's account held: a second one waits, and sees what this one has bought.
struct AddOnSale: Sendable {
    let write: Write
    let account: Account

    var body: JSON { write.call.body }

    /// The buyer is the caller's account; staff buy for the account of the site they name.
    init(_ write: Write) async throws {
        self.write = write
        var id = write.identity.account
        if write.identity.isStaff {
            guard let site = write.call.body["site_id"]?.integer,
                let found = try await Sites.find(.init(site), for: write.tenant, in: write.tx)
            else { throw Problem.invalid("site_id", "the id of the client's site") }
            id = found.accountID
        }
        guard let account = try await Accounts.find(id, for: write.tenant, lock: .forUpdate, in: write.tx) else {
            throw Problem.notFound
        }
        self.account = account.value
    }

    /// The site that the body names.
    func site() async throws -> Site {
        guard
            let site = try await Sites.find(.init(try body.number("site_id")), for: .account(account.id), in: write.tx)
        else { throw Problem.invalid("site_id", "the id of a site of the account") }
        return site.value
    }

    /// What the catalogue sells under a key, once flag, gate and plan allow it.
    func open(_ kind: AddOnKind, _ key: String) async throws -> AddOn {
        guard let addOn = try await AddOns.find(kind, key, in: write.tx) else {
            throw Problem.invalid("package", "the key of something that is sold")
        }
        let holding = try await write.holding(of: account.id)
        let hindrance = addOn.hindrance(
            for: holding,
            currency: account.currency,
            flags: try await FeatureFlags.states(for: account.id, in: write.tx),
            gate: try await write.featureGate()
        )
        if case .flag(let flag) = hindrance { throw Problem.featureDisabled(flag.rawValue) }
        if let gate = addOn.gate, !write.identity.isStaff {
            let isAllowed = holding.meets(gate)
            write.call.count(gate, held: holding[gate.feature], isAllowed: isAllowed, account: account.id)
        }
        switch hindrance {
        case nil: return addOn
        case .flag(let flag): throw Problem.featureDisabled(flag.rawValue)
        case .plan(let refusal): throw refusal
        case .currency(let currency):
            throw Problem.conflict("not-sold", "This has no price in \(currency.code) yet.")
        }
    }

    /// Issues the invoice over a purchase. What makes us pay a vendor is not sold to who is past due (spec 9.8).
    func invoice(
        _ kind: InvoiceKind,
        _ line: InvoiceLineKind,
        _ description: String,
        _ total: Money,
        quantity: Int = 1,
        site: Site.ID? = nil,
        order: BacklinkOrder.ID? = nil
    ) async throws -> Invoice.ID {
        if kind == .backlinks || kind == .indexing { try await write.requireSpendable(total, for: account.id) }
        // Held before the counter of numbers, as everywhere: what there is of it pays the invoice in the end.
        _ = try await CustomerCredits.holders(among: [account.id], in: write.tx)
        return try await OneTimeInvoice.issue(
            kind,
            line,
            description,
            total: total,
            quantity: quantity,
            site: site,
            order: order,
            to: account,
            createdBy: write.identity.userID,
            in: write.tx
        ).id
    }

    /// The order of a package that is bought by click: agreed with the click, for staff to plan its links. The margin's
    /// floor holds for it as for any other; a catalogue whose price leaves less sells nothing by itself.
    func order(
        _ key: String,
        _ niche: String,
        _ multiplier: Ratio,
        links: Int,
        _ price: Money,
        of site: Site.ID
    ) async throws -> BacklinkOrder.ID {
        let tiers = try await LinkCatalogue.tiers(in: write.tx)
        guard let package = try await LinkCatalogue.package(key, in: write.tx),
            let each = try package.linkCost(price: price, links: links, of: tiers)
        else { throw Self.soldByStaff }
        var new = BacklinkServiceOrders.New(
            account: account.id,
            site: site,
            price: OrderPrice(.package, clientPrice: price),
            links: links
        )
        new.package = key
        new.niche = niche
        // Rounded once with the price, so that the order is charged what its invoice says.
        new.surchargeNote = multiplier == .one ? nil : "the niche's multiplier of \(multiplier) is in the price"
        new.expectedCost = try each.multiplied(by: links)
        new.createdBy = write.identity.userID
        var order = try await BacklinkServiceOrders.create(new, in: write.tx)
        do {
            try order.value.approve(
                by: write.identity.userID,
                at: try await BusinessClock.now(in: write.tx),
                floor: try await BacklinkTerms.current(in: write.tx).marginFloor
            )
        } catch is BacklinkOrderError {
            throw Self.soldByStaff
        }
        try await BacklinkServiceOrders.save(&order, in: write.tx)
        return order.id
    }

    private static let soldByStaff = Problem.conflict("not-sold", "This package is sold by our staff at present.")

    /// Pays the invoice of a stored purchase out of the customer's credit as far as that goes, which is when bought credits
    /// come, and orders the charge of the rest; or the mail that asks for it, where we cannot charge.
    private func collect(_ id: Invoice.ID) async throws {
        guard var invoice = try await Invoices.find(id, for: write.tenant, lock: .forUpdate, in: write.tx) else {
            throw Problem.unexpected
        }
        let now = try await BusinessClock.now(in: write.tx)
        let today = CalendarDay(of: now, in: account.timeZone)
        try await CustomerCredits.apply(to: &invoice, at: now, on: today, in: write.tx)
        guard invoice.status == .pending else { return }
        _ = try await write.enqueue(
            invoice.collection == .automatic
                ? SubscriptionsJobs.collectPayment(id.rawValue, account: account.id)
                : SubscriptionsJobs.followUpInvoice(id.rawValue, account: account.id)
        )
    }

    /// Writes what happened.
    func close(_ purchase: AddOnPurchases.New, _ id: Int64) async throws {
        if let invoice = purchase.invoice {
            try await collect(invoice)
            try await write.audit(.issued, Subject(InvoiceStatus.subject, invoice.rawValue, account: account.id))
        }
        if case .integer(let order)? = purchase.details["order_id"] {
            try await write.audit(
                .approved,
                Subject(BacklinkOrderStatus.subject, order, account: account.id),
                Change(to: BacklinkOrderStatus.approved.rawValue, reason: "bought as a package")
            )
        }
        try await write.audit(
            .created,
            Subject("add_on_purchase", id, account: account.id, subscription: purchase.subscription),
            Change(
                data: [
                    "item": .string(purchase.addOn.subject), "quantity": .integer(Int64(purchase.quantity)),
                    "price": .string(purchase.price.description),
                ]
            )
        )
    }

    /// What tells this click from another: the client's own key, else what it asks for.
    static func click(_ call: Call) throws -> AddOnPurchases.Click {
        var hash = SHA256()
        hash.update(data: Array("\(call.endpoint.operation)\n".utf8))
        hash.update(data: call.body.bytes)
        return AddOnPurchases.Click(
            key: call.request.headers[IdempotencyKey.header],
            fingerprint: hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        )
    }
}
