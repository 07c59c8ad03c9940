public import DomainModel
public import Foundation
public import Postgres

/// What a billing run would invoice and charge: reckoned by the rules that a run uses, over one snapshot of the live data,
/// writing nothing and holding nothing. In place of each gateway stands one that answers as the gateway last did for the
/// same method.
public struct BillingPreview: Codable, Hashable, Sendable {
    /// What the run would do about the money of an invoice.
    public enum Outcome: String, Codable, CaseIterable, Sendable {
        /// Nothing is left to pay.
        case settled
        /// The method would be charged, and its last answer was no decline.
        case charged
        /// The method would be charged, and was declined the last time.
        case declined
        /// There is nothing to charge: the client is asked to pay.
        case asked
    }

    /// An invoice that would be issued.
    public struct Row: Codable, Hashable, Sendable {
        /// Whose.
        public let accountID: Account.ID
        /// The client's name.
        public let client: String
        /// For which subscription.
        public let subscriptionID: ManagedSubscription.ID
        /// For which site.
        public let site: String
        /// The first day billed; with the subscription what names the invoice.
        public let from: CalendarDay
        /// The first day after.
        public let to: CalendarDay
        /// What stands on its line.
        public let description: String
        /// Before tax.
        public let net: Money
        /// Tax.
        public let tax: Money
        /// Net and tax.
        public let total: Money
        /// How much the client's credit would pay of it.
        public let usesCredit: Money
        /// What would be left to pay.
        public let due: Money
        /// What would become of that.
        public let outcome: Outcome
    }

    /// An attempt at an invoice that is open now.
    public struct Retry: Codable, Hashable, Sendable {
        /// Whose.
        public let accountID: Account.ID
        /// The client's name.
        public let client: String
        /// Which invoice.
        public let number: String
        /// When.
        public let at: Date
        /// How much.
        public let due: Money
    }

    /// Sums of one currency.
    public struct Totals: Codable, Hashable, Sendable {
        /// How many invoices.
        public var invoices = 0
        /// Before tax.
        public var net: Money
        /// Tax.
        public var tax: Money
        /// Net and tax.
        public var total: Money
        /// Out of clients' credit.
        public var usesCredit: Money
        /// By what would become of what is due.
        public var charged: Money
        /// Likewise.
        public var declined: Money
        /// Likewise.
        public var asked: Money
    }

    /// The moment it was reckoned, in business time.
    public let reckonedAt: Date
    /// The month whose 1st the run is of, wherever each client lives; nil for a run right now.
    public let month: CalendarMonth?
    /// By client, then by subscription: the order of the invoices' numbers.
    public let invoices: [Row]
    /// What dunning would try again in that month.
    public let retries: [Retry]
    /// Sums by currency code.
    public let totals: [String: Totals]
}

extension BillingPreview {
    /// Reckons a run.
    /// - Parameters:
    ///   - month: of its 1st where each client lives, with all that is due by then; nil for what is due now.
    ///   - tx: of the system, and best a snapshot: `repeatable read, read only`.
    public static func reckon(_ month: CalendarMonth?, in tx: PostgresTransaction) async throws -> BillingPreview {
        let system = Tenant.system(reason: "preview of billing")
        let now = try await BusinessClock.now(in: tx)
        let subscriptions = try await ManagedSubscriptions.all(in: [.active, .paused], for: system, in: tx)
        let facts = try await Facts(subscriptions.map(\.value), in: tx)
        var credits = facts.credits
        var rows: [Row] = []
        for stored in subscriptions {
            guard let account = facts.accounts[stored.accountID], let domain = facts.domains[stored.siteID] else {
                continue
            }
            let today = month?.firstDay ?? CalendarDay(of: now, in: account.timeZone)
            var subscription = stored.value
            while let served = subscription.dueProration(on: today, in: account.timeZone) {
                subscription.adoptNextTerms(from: served)
                let draft = try ManagedInvoices.draft(
                    for: subscription,
                    of: account,
                    nil,
                    method: facts.methods[account.id]?.kind,
                    domain: domain,
                    served: served,
                    taxRate: facts.rate(of: account.id, on: today)
                )
                let wallet = Wallet(account: account.id, currency: draft.currency.code)
                let credit = try (credits[wallet] ?? .zero(draft.currency)).capped(at: draft.total)
                credits[wallet] = try (credits[wallet] ?? .zero(draft.currency)) - credit
                let due = try draft.total - credit
                rows.append(
                    Row(
                        accountID: account.id,
                        client: account.name,
                        subscriptionID: subscription.id,
                        site: domain.name,
                        from: served.from,
                        to: served.to,
                        description: draft.lines[0].description,
                        net: draft.net,
                        tax: draft.tax,
                        total: draft.total,
                        usesCredit: credit,
                        due: due,
                        outcome: facts.outcome(of: due, for: account.id)
                    )
                )
                subscription.invoiced(served)
            }
        }
        let until = month?.next.firstDay.start(in: .gmt) ?? now
        return BillingPreview(
            reckonedAt: now,
            month: month,
            invoices: rows,
            retries: try await facts.retries(until: until, in: tx),
            totals: try totals(rows)
        )
    }

    private static func totals(_ rows: [Row]) throws -> [String: Totals] {
        try rows.reduce(into: [:]) { sums, row in
            let zero = Money.zero(row.total.currency)
            var sum =
                sums[zero.currency.code]
                ?? Totals(
                    net: zero,
                    tax: zero,
                    total: zero,
                    usesCredit: zero,
                    charged: zero,
                    declined: zero,
                    asked: zero
                )
            sum.invoices += 1
            sum.net = try sum.net + row.net
            sum.tax = try sum.tax + row.tax
            sum.total = try sum.total + row.total
            sum.usesCredit = try sum.usesCredit + row.usesCredit
            switch row.outcome {
            case .settled: break
            case .charged: sum.charged = try sum.charged + row.due
            case .declined: sum.declined = try sum.declined + row.due
            case .asked: sum.asked = try sum.asked + row.due
            }
            sums[zero.currency.code] = sum
        }
    }
}

private struct Wallet: Hashable {
    let account: Account.ID
    let currency: String
}

/// What a run would read of each client, read for all of them at once.
private struct Facts {
    struct Method {
        let kind: PaymentMethodKind
        let isVerified: Bool
        let wasDeclined: Bool
    }

    struct Rate {
        let country: String
        let from: CalendarDay
        let until: CalendarDay?
        let rate: Ratio
    }

    let accounts: [Account.ID: Account]
    let domains: [Site.ID: Domain]
    let credits: [Wallet: Money]
    let methods: [Account.ID: Method]
    private let countries: [Account.ID: String]
    private let rates: [Rate]

    init(_ subscriptions: [ManagedSubscription], in tx: PostgresTransaction) async throws {
        let system = Tenant.system(reason: "preview of billing")
        let ids = Array(Set(subscriptions.map(\.accountID))).sorted()
        let found = try await Accounts.find(all: ids, for: system, in: tx)
        accounts = Dictionary(found.map { ($0.id, $0.value) }) { first, _ in first }
        let sites = try await Sites.find(all: subscriptions.map(\.siteID), for: system, in: tx)
        domains = Dictionary(sites.map { ($0.id, $0.domain) }) { first, _ in first }
        var credits: [Wallet: Money] = [:]
        for row in try await tx.query("select account_id, currency, balance from igny8_customer_credits") {
            let currency = try row.currency()
            credits[try Wallet(account: row.id("account_id"), currency: currency.code)] = try row.money(
                "balance",
                in: currency
            )
        }
        self.credits = credits
        var methods: [Account.ID: Method] = [:]
        for row in try await tx.query(
            """
            select method.account_id, method.kind, method.is_verified, coalesce(last.status = 'failed', false) as declined
            from igny8_account_payment_methods method
            left join lateral (
                select status from igny8_payments where payment_method_id = method.id
                    and status in ('succeeded', 'failed', 'refunded') order by id desc limit 1
            ) last on true
            where method.is_default
            """
        ) {
            methods[try row.id("account_id")] = try Method(
                kind: row.word("kind"),
                isVerified: row.decode("is_verified"),
                wasDeclined: row.decode("declined")
            )
        }
        self.methods = methods
        var countries: [Account.ID: String] = [:]
        for row in try await tx.query("select id, country from igny8_accounts where country is not null") {
            countries[try row.id("id")] = try row.decode("country")
        }
        self.countries = countries
        rates = try await tx.query(
            "select country, valid_from, valid_until, rate from igny8_tax_rates where region = ''"
        ).map { row in
            try Rate(
                country: row.decode("country"),
                from: row.day("valid_from"),
                until: row.day(ifAny: "valid_until"),
                rate: row.ratio("rate")
            )
        }
    }

    /// As ``TaxRates``: what holds on a day for the client's country, added up.
    func rate(of account: Account.ID, on day: CalendarDay) -> Ratio {
        guard let country = countries[account] else { return .zero }
        let holding = rates.filter { $0.country == country && $0.from <= day && ($0.until.map { day < $0 } ?? true) }
        let scale = 9
        let unscaled = holding.reduce(Int64(0)) { sum, rate in
            sum + rate.rate.unscaled * (0..<(scale - rate.rate.scale)).reduce(Int64(1)) { power, _ in power * 10 }
        }
        return Ratio(unscaled: unscaled, scale: scale) ?? .zero
    }

    func outcome(of due: Money, for account: Account.ID) -> BillingPreview.Outcome {
        guard due.isPositive else { return .settled }
        guard let method = methods[account], method.kind.isCharged, method.isVerified else { return .asked }
        return method.wasDeclined ? .declined : .charged
    }

    func retries(until end: Date, in tx: PostgresTransaction) async throws -> [BillingPreview.Retry] {
        try await tx.query(
            """
            select invoice.account_id, account.name, invoice.number, invoice.next_attempt_at, invoice.due, invoice.currency
            from igny8_invoices invoice join igny8_accounts account on account.id = invoice.account_id
            where invoice.status = 'pending' and invoice.next_attempt_at < \(end)
            order by invoice.next_attempt_at, invoice.id
            """
        ).map { row in
            try BillingPreview.Retry(
                accountID: row.id("account_id"),
                client: row.decode("name"),
                number: row.decode("number"),
                at: row.decode("next_attempt_at"),
                due: row.money("due", in: row.currency())
            )
        }
    }
}
