import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence

/// A change of tier, price or quota in two steps: a preview that says every line and amount, and the change itself, which
/// is done only while it would be previewed just so (spec 9.4).
enum SubscriptionChangeRoutes {
    static let endpoints = [preview, apply]

    private static let preview = Endpoint(
        .post,
        "services/subscriptions/{id}/change/preview/",
        .staff,
        "previewSubscriptionChange",
        "What a change of tier, price or quota would credit, invoice and owe; nothing is changed"
    ) { call in
        try await call.write { write in
            let desk = try await ChangeDesk(.init(try call.id()), write)
            let change = try await desk.reckon(
                try await terms(call.body, desk, write),
                call.body["effective"]?.string == "next_period" ? .nextPeriod : .now,
                write
            )
            let preview = try await SubscriptionChanges.store(
                change,
                of: desk.subscription.value,
                at: desk.now,
                in: desk.account.timeZone,
                createdBy: write.identity.userID,
                in: write.tx
            )
            return Answer.json(.created) { $0.value(shown(preview)) }
        }
    }.with {
        $0.scope = .servicesWrite
        $0.flag = .managedServicesEnabled
        $0.body = .named(
            "SubscriptionTerms",
            .object([
                .optional("tier", .oneOf(ServiceTier.self)),
                .optional("monthly_price", .money, "The catalogue's when the tier changes, else the present one."),
                .optional("articles_per_month", .integer(0...1000), "Likewise."),
                .optional("effective", .oneOf(SubscriptionChange.Timing.self), "`now` when left out."),
            ])
        )
        $0.success = .created
        $0.answer = schema
        $0.problems = [.conflict]
    }

    private static let apply = Endpoint(
        .post,
        "services/subscriptions/{id}/change/",
        .staff,
        "changeSubscription",
        "Do what was previewed; refused when anything has changed since"
    ) { call in
        try await call.write { write in
            var desk = try await ChangeDesk(.init(try call.id()), write)
            guard
                let preview = try await SubscriptionChanges.find(
                    try call.body.number("preview_id"),
                    for: write.tenant,
                    in: write.tx
                ), preview.subscriptionID == desk.subscription.id
            else { throw Problem.invalid("preview_id", "the id of a preview of this subscription") }
            guard preview.appliedAt == nil else { throw stale("This preview has been applied already.") }
            guard desk.now < preview.expiresAt else { throw stale("This preview has expired.") }
            let change = try await desk.reckon(preview.change.after, preview.change.timing, write)
            guard change == preview.change else {
                throw stale("What was previewed is not what would happen now: preview it again.")
            }
            let before = desk.subscription.terms
            let invoice = try await SubscriptionChanges.apply(
                change,
                to: &desk.subscription,
                account: desk.account,
                domain: desk.domain,
                at: desk.now,
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await SubscriptionChanges.markApplied(preview.id, in: write.tx)
            let account = desk.account.id
            if let invoice {
                let id = invoice.id.rawValue
                if invoice.status == .pending, invoice.collection == .automatic {
                    _ = try await write.enqueue(SubscriptionsJobs.collectPayment(id, account: account))
                }
                for line in change.lines.compactMap(\.invoice) + [invoice.id] {
                    _ = try await write.enqueue(SubscriptionsJobs.followUpInvoice(line.rawValue, account: account))
                }
            }
            if change.targetAfter != change.targetBefore {
                _ = try await write.enqueue(SubscriptionsJobs.planMonth(desk.subscription.id, account: account))
            }
            try await write.audit(
                .updated,
                .subscription(desk.subscription.value),
                Change(
                    from: "\(before.tier.rawValue) at \(before.monthlyPrice)",
                    to: "\(change.after.tier.rawValue) at \(change.after.monthlyPrice)",
                    reason: call.body["reason"]?.string ?? "",
                    data: ["preview_id": .integer(preview.id), "effective_on": .string("\(change.effectiveOn)")]
                )
            )
            return try await write.answer(Resources.subscriptions, desk.subscription.id.rawValue)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.flag = .managedServicesEnabled
        $0.body = .named(
            "AppliedPreview",
            .object([
                .required("preview_id", .id),
                .optional("reason", .text(max: 500), "Stands in the timeline."),
            ])
        )
        $0.answer = Resources.subscriptions.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static func stale(_ detail: String) -> Problem { .conflict("stale-preview", detail) }

    /// The terms asked for; what a change of tier leaves out is the catalogue's.
    private static func terms(_ body: JSON, _ desk: ChangeDesk, _ write: Write) async throws -> ServiceTerms {
        var terms = desk.subscription.terms
        if let tier = body["tier"]?.string.flatMap({ ServiceTier(rawValue: $0) }), tier != terms.tier {
            try await write.require(.managed(tier), account: desk.account.id)
            guard let offer = try await Catalogue.managedTier(tier, in: write.tx) else {
                throw Problem.conflict("not-sold", "This tier is not sold at present.")
            }
            guard offer.price.currency == terms.monthlyPrice.currency || body.has("monthly_price") else {
                throw Problem.invalid("monthly_price", "required: a price in \(terms.monthlyPrice.currency.code)")
            }
            let price = offer.price.currency == terms.monthlyPrice.currency ? offer.price : terms.monthlyPrice
            terms = ServiceTerms(tier: tier, monthlyPrice: price, articlesPerMonth: offer.articlesPerMonth)
        }
        if let text = body["monthly_price"]?.string {
            do {
                terms.monthlyPrice = try Money(decimal: text, currency: terms.monthlyPrice.currency)
            } catch {
                throw Problem.invalid("monthly_price", "an amount that \(terms.monthlyPrice.currency.code) can hold")
            }
        }
        if let articles = body["articles_per_month"]?.integer { terms.articlesPerMonth = Int(articles) }
        return terms
    }

    private static func shown(_ preview: SubscriptionChanges.Preview) -> JSON {
        let change = preview.change
        func terms(_ terms: ServiceTerms) -> JSON {
            [
                "tier": .string(terms.tier.rawValue), "monthly_price": .string(terms.monthlyPrice.decimalString),
                "articles_per_month": .number(String(terms.articlesPerMonth)),
            ]
        }
        func count(_ number: Int?) -> JSON { number.map { .number(String($0)) } ?? .null }
        return [
            "id": .number(String(preview.id)),
            "subscription_id": .number(preview.subscriptionID.description),
            "expires_at": .string(preview.expiresAt.formatted(.iso8601)),
            "effective": .string(change.timing.rawValue),
            "effective_on": .string("\(change.effectiveOn)"),
            "currency": .string(change.dueNow.currency.code),
            "before": terms(change.before),
            "after": terms(change.after),
            "current_month_target_before": count(change.targetBefore),
            "current_month_target_after": count(change.targetAfter),
            "lines": .array(
                change.lines.map { line in
                    [
                        "kind": .string(line.invoice == nil ? "charge" : "credit"),
                        "invoice_id": line.invoice.map { .number($0.description) } ?? .null,
                        "invoice_number": line.number.map { .string($0) } ?? .null,
                        "description": .string(line.description), "period_start": .string("\(line.from)"),
                        "period_end": .string("\(line.to)"), "net": .string(line.net.decimalString),
                        "tax_rate": .string(line.taxRate.description), "tax": .string(line.tax.decimalString),
                    ]
                }
            ),
            "lowers_due": .string(change.lowersDue.decimalString),
            "becomes_credit": .string(change.becomesCredit.decimalString),
            "invoiced": .string(change.invoiced.decimalString),
            "uses_credit": .string(change.usesCredit.decimalString),
            "due_now": .string(change.dueNow.decimalString),
        ]
    }

    private static let amount = ReadModel.Kind.money.schema

    private static let schema = Schema.named(
        "SubscriptionChangePreview",
        .object([
            .required("id", .id, "To apply it by."), .required("subscription_id", .id),
            .required("expires_at", .time, "Refused from then on."),
            .required("effective", .oneOf(SubscriptionChange.Timing.self)), .required("effective_on", .day),
            .required("currency", .currency), .required("before", terms), .required("after", terms),
            .required("current_month_target_before", .nullable(.count)),
            .required("current_month_target_after", .nullable(.count)),
            .required("lines", .array(line)),
            .required("lowers_due", amount, "The part of the credits that lowers what is due on open invoices."),
            .required("becomes_credit", amount, "The part of the credits that was paid already."),
            .required("invoiced", amount, "The new invoice, tax included."),
            .required("uses_credit", amount, "What the client's credit pays of it."),
            .required("due_now", amount, "What is left to pay."),
        ])
    )

    private static let terms = Schema.object([
        .required("tier", .oneOf(ServiceTier.self)), .required("monthly_price", amount),
        .required("articles_per_month", .count),
    ])

    private static let line = Schema.object([
        .required("kind", .oneOf(["credit", "charge"])), .required("invoice_id", .nullable(.id)),
        .required("invoice_number", .nullable(.text(max: 40))), .required("description", .text(max: 600)),
        .required("period_start", .day), .required("period_end", .day), .required("net", amount),
        .required("tax_rate", ReadModel.Kind.decimal.schema), .required("tax", amount),
    ])
}

/// A subscription whose terms are looked at: held until the end, with its account, its site and the moment.
private struct ChangeDesk {
    var subscription: Stored<ManagedSubscription>
    let account: Account
    let domain: Domain
    let now: Date

    init(_ id: ManagedSubscription.ID, _ write: Write) async throws {
        subscription = try await write.lockedSubscription(id)
        guard let account = try await Accounts.find(subscription.accountID, for: write.tenant, in: write.tx),
            let site = try await Sites.find(subscription.siteID, for: write.tenant, in: write.tx)
        else { throw Problem.notFound }
        self.account = account.value
        domain = site.domain
        now = try await BusinessClock.now(in: write.tx)
    }

    func reckon(
        _ terms: ServiceTerms,
        _ timing: SubscriptionChange.Timing,
        _ write: Write
    ) async throws -> SubscriptionChange {
        try await SubscriptionChanges.reckon(
            subscription.value,
            to: terms,
            timing,
            account: account,
            domain: domain,
            at: now,
            in: write.tx
        )
    }
}
