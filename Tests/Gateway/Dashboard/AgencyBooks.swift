import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Gateway

/// A quarter of an agency with four clients, three currencies, four zones, two tiers, and one of everything that is booked.
struct AgencyBooks: Sendable {
    let gateway: TestGateway
    /// In Kiritimati (UTC+14), in yen.
    let early: (account: Account.ID, subscription: Int64)
    /// In Pago Pago (UTC−11), in euros.
    let late: (account: Account.ID, subscription: Int64)

    static func with(_ body: @Sendable (AgencyBooks) async throws -> Void) async throws {
        try await TestGateway.with { gateway in
            let books = try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                let books = AgencyBooks(
                    gateway: gateway,
                    early: try await client("early", "JPY", "Pacific/Kiritimati", tier: "lite", price: 12_000, in: tx),
                    late: try await client("late", "EUR", "Pacific/Pago_Pago", tier: "pro", price: 350, in: tx)
                )
                try await books.live(in: tx)
                try await books.book(in: tx)
                return books
            }
            try await body(books)
        }
    }

    private static func client(
        _ name: String,
        _ currency: String,
        _ zone: String,
        tier: String,
        price: Int,
        in tx: PostgresTransaction
    ) async throws -> (Account.ID, Int64) {
        let account = try await People.account(name, .scale, in: tx)
        try await tx.query(
            "update igny8_accounts set currency = \(currency), time_zone = \(zone) where id = \(account.rawValue)"
        )
        let site = try await Sites.create(
            account: account,
            domain: try #require(Domain("\(name).example")),
            name: name,
            url: "https://\(name).example/",
            in: tx
        )
        let row = try await tx.query(
            """
            insert into igny8_managed_service_subscriptions (account_id, site_id, tier, monthly_price, currency, articles_per_month)
            values (\(account.rawValue), \(site.id.rawValue), \(tier), \(price), \(currency), 10) returning id
            """
        )
        return (account, try #require(row.first).decode("id"))
    }

    /// What the subscriptions went through, in UTC; the days that count are those of the clients.
    private func live(in tx: PostgresTransaction) async throws {
        let (one, other) = (gateway.people.one.subscription.rawValue, gateway.people.other.subscription.rawValue)
        let steps: [(String, Int64, SQL)] = [
            ("2026-08-10T12:00:00Z", one, "status = 'active', started_at = igny8_now()"),
            ("2026-08-31T10:30:00Z", early.subscription, "status = 'active', started_at = igny8_now()"),
            ("2026-09-05T12:00:00Z", other, "status = 'active', started_at = igny8_now()"),
            ("2026-09-20T12:00:00Z", other, "status = 'paused'"),
            ("2026-10-01T05:00:00Z", late.subscription, "status = 'active', started_at = igny8_now()"),
            ("2026-10-10T12:00:00Z", one, "tier = 'lite', monthly_price = 100"),
            ("2026-10-12T12:00:00Z", other, "status = 'active'"),
            ("2026-10-15T12:00:00Z", early.subscription, "status = 'cancelled', cancelled_at = igny8_now()"),
        ]
        for (moment, subscription, change) in steps {
            try await BusinessClock.freeze(at: try Date(moment, strategy: .iso8601), in: tx)
            try await tx.query(
                "update igny8_managed_service_subscriptions set \(fragment: change) where id = \(subscription)"
            )
        }
        try await BusinessClock.freeze(at: try Date("2026-10-20T12:00:00Z", strategy: .iso8601), in: tx)
    }

    private func book(in tx: PostgresTransaction) async throws {
        let one = gateway.people.one
        let clients: [(Account.ID, Int64?, Currency, Int64)] = [
            (one.account, one.subscription.rawValue, .usd, 39_900),
            (gateway.people.other.account, gateway.people.other.subscription.rawValue, .usd, 39_900),
            (early.account, early.subscription, .jpy, 12_000), (late.account, late.subscription, .eur, 35_000),
        ]
        for (account, subscription, currency, price) in clients {
            let orders = try await tx.query(
                """
                insert into igny8_backlink_service_orders (account_id, site_id, links_agreed, currency)
                select account_id, min(id), 1, 'USD' from igny8_sites where account_id = \(account.rawValue)
                group by account_id returning id
                """
            )
            let order = try #require(orders.first).decode("id", as: Int64.self)
            let revenue: LedgerAccount = currency == .jpy ? .revenueManagedLite : .revenueManagedPro
            for (month, days) in [(9, [1, 3, 30]), (10, [1, 4, 31])] {
                let day = { (index: Int) in try #require(CalendarDay(year: 2026, month: month, day: days[index])) }
                let events: [(LedgerEntryKind, Int, [(LedgerAccount, Int64)])] = [
                    (.invoiceIssued, 0, [(.receivable, price + 500), (.deferredRevenue, -price), (.taxPayable, -500)]),
                    (.invoicePaid, 1, [(.cashStripe, price + 400), (.gatewayFees, 100), (.receivable, -price - 500)]),
                    (.creditNote, 1, [(.deferredRevenue, 2_000), (.taxPayable, 20), (.customerCredit, -2_020)]),
                    (.revenueEarned, 2, [(.deferredRevenue, price - 2_000), (revenue, 2_000 - price)]),
                    (.refund, 2, [(.refunds, 333), (.cashStripe, -333)]),
                    (.refund, 2, [(.customerCredit, 1_000), (.cashPayPal, -1_000)]),
                    (.disputeOpened, 1, [(.disputes, 700), (.cashStripe, -700)]),
                    (.disputeLost, 2, [(.badDebt, 700), (.disputes, -700)]),
                    (.disputeOpened, 2, [(.disputes, 50), (.cashStripe, -50)]),
                    (.costIncurred, 1, [(.costPlatformCredits, 1_234), (.vendorPayable, -1_234)]),
                    (.invoiceIssued, 1, [(.receivable, 9_000), (.revenueBacklinks, -9_000)]),
                    (.reversal, 2, [(.revenueBacklinks, 1_000), (.receivable, -1_000)]),
                ]
                for (index, event) in events.enumerated() {
                    try await post(
                        event.0,
                        "\(account):\(month):\(index)",
                        account,
                        subscription,
                        try day(event.1),
                        event.2,
                        currency,
                        in: tx
                    )
                }
                // An order of the account, of no subscription.
                let link: [(LedgerAccount, Int64)] = [(.costLinks, 4_100), (.vendorPayable, -4_100)]
                try await post(
                    .costIncurred,
                    "link:\(account):\(month)",
                    account,
                    nil,
                    try day(1),
                    link,
                    currency,
                    order: order,
                    in: tx
                )
            }
        }
        // Finer than a cent, as units are.
        try await tx.query(
            """
            with entry as (
                insert into igny8_ledger_entries (account_id, kind, natural_key, effective_on)
                values (\(one.account.rawValue), 'cost_incurred', 'units', '2026-10-31') returning id, account_id
            )
            insert into igny8_ledger_lines (account_id, entry_id, position, ledger_account, amount, currency)
            select entry.account_id, entry.id, place, account, amount, 'USD' from entry,
                (values (1, 'cost_indexing', 0.0075), (2, 'vendor_payable', -0.0075)) as line (place, account, amount)
            """
        )
        for (minutes, day) in [(90, "2026-10-02"), (60, "2026-10-30"), (45, "2026-09-30")] {
            try await tx.query(
                """
                insert into igny8_time_entries (account_id, subscription_id, staff_id, minutes, worked_on)
                values (\(one.account.rawValue), \(one.subscription.rawValue), \(gateway.people.admin.user.rawValue), \(minutes),
                    \(day)::text::date)
                """
            )
        }
    }

    private func post(
        _ kind: LedgerEntryKind,
        _ key: String,
        _ account: Account.ID,
        _ subscription: Int64?,
        _ day: CalendarDay,
        _ lines: [(LedgerAccount, Int64)],
        _ currency: Currency,
        order: Int64? = nil,
        in tx: PostgresTransaction
    ) async throws {
        try await Ledger.post(
            LedgerEntry(
                kind: kind,
                key: key,
                effectiveOn: day,
                tags: LedgerTags(
                    accountID: account,
                    subscriptionID: subscription.map { .init($0) },
                    orderID: order.map { .init($0) }
                ),
                lines: lines.map { LedgerLine($0.0, Money(minor: $0.1, currency: currency)) }
            ),
            in: tx
        )
    }

    /// Each figure as a query over the lines that knows nothing of totals, accounts' kinds, or the figures' own lists.
    static let queries: [(figure: String, query: SQL)] = [
        ("earned", "-sum(amount) filter (where ledger_account ~ '^revenue_')"),
        (
            "billed",
            """
            -sum(amount) filter (where kind in ('invoice_issued', 'credit_note', 'invoice_voided', 'reversal')
                and (ledger_account ~ '^revenue_' or ledger_account = 'deferred_revenue'))
            """
        ),
        ("cash", "sum(amount) filter (where ledger_account ~ '^cash_')"),
        ("refunds", "sum(amount) filter (where ledger_account = 'refunds')"),
        ("cost", "sum(amount) filter (where ledger_account ~ '^cost_')"),
        ("fees", "sum(amount) filter (where ledger_account = 'gateway_fees')"),
        ("losses", "sum(amount) filter (where ledger_account in ('disputes', 'bad_debt'))"),
        (
            "margin",
            """
            -sum(amount) filter (where ledger_account not in ('receivable', 'cash_stripe', 'cash_paypal', 'cash_bank',
                'deferred_revenue', 'customer_credit', 'tax_payable', 'vendor_payable'))
            """
        ),
    ]

    /// Whether an amount as the API shows it is what a query over the lines of a condition gives.
    func equals(_ text: String?, _ query: SQL, where condition: SQL) async throws -> Bool {
        try await gateway.value(
            """
            select coalesce(\(fragment: query), 0) = \(text)::text::numeric
            from igny8_ledger_lines l join igny8_ledger_entries e on e.id = l.entry_id where \(fragment: condition)
            """
        )
    }

    func get(_ path: String) async throws -> JSON {
        let answer = try await gateway.send(.get, "/api/v1/services/\(path)", as: gateway.people.manager)
        #expect(answer.status == 200, "\(path): \(answer.text)")
        return answer.json
    }

    /// All rows behind a link, page by page.
    func rows(_ url: String) async throws -> [JSON] {
        var rows: [JSON] = []
        var next: String? = url.contains("page_size") ? url : url + "&page_size=7"
        while let url = next {
            let page = try await gateway.send(
                .get,
                String(url.dropFirst("http://gateway.test".count)),
                as: gateway.people.manager
            )
            #expect(page.status == 200, "\(url): \(page.text)")
            rows += page.json["results"]?.array ?? []
            next = page.json["next"]?.string
        }
        return rows
    }
}

extension [JSON] {
    /// The exact sum of a member that is an amount.
    func total(_ name: String) -> Decimal {
        reduce(0) { $0 + (Decimal(string: $1[name]?.string ?? "") ?? .nan) }
    }
}
