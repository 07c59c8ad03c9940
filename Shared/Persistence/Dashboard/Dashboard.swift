public import DomainModel
public import Foundation
public import Postgres

/// The agency's month: every figure of `GET services/dashboard/`, a currency at a time.
///
/// It is read from totals that triggers keep (migrations 0150 and 0151), in a handful of statements whose cost does not grow
/// with the clients. What a total is the sum of, ``DashboardExplanation`` shows.
public struct Dashboard: Sendable {
    /// The month it is about, and the last of the twelve.
    public let month: CalendarMonth
    /// When it was read, in business time.
    public let readAt: Date
    /// Managed subscriptions by status, now.
    public let subscriptions: [SubscriptionStatus: Int64]
    /// Open flags by kind, now.
    public let flags: [DeliveryFlagKind: Int64]
    /// Subscriptions that are behind with articles or links, now.
    public let behind: Int64
    /// In the order of their codes.
    public let currencies: [DashboardCurrency]

    /// The statements of one flight.
    /// - Parameter month: nil for the month of business time in UTC.
    public static func statements(month: CalendarMonth?) -> [SQL] {
        let asked = asked(month)
        return [
            "with \(fragment: asked) select month, igny8_now() as now from asked",
            // Movements of MRR count from the beginning: what lies before the twelve months is one opening row.
            """
            with \(fragment: asked)
            select greatest(total.month, asked.opening) as month, total.source, total.measure,
                total.currency, total.tier, sum(total.amount)::numeric(18, 4) as amount, sum(total.items)::bigint as items
            from asked join igny8_monthly_totals total on total.source = 'mrr' and total.month <= asked.month
            group by 1, 2, 3, 4, 5
            union all
            select total.month, total.source, total.measure, total.currency, '',
                sum(total.amount)::numeric(18, 4), sum(total.items)::bigint
            from asked join igny8_monthly_totals total
                on total.source in ('ledger', 'work') and total.month between asked.first and asked.month
            group by 1, 2, 3, 4
            """,
            """
            select total.measure as status, sum(total.items)::bigint as subscriptions from igny8_monthly_totals total
            where total.source = 'state' and total.month = '-infinity' group by total.measure
            """,
            "select kind, count(*) as flags from igny8_delivery_flags where cleared_at is null group by kind",
            """
            select count(distinct subscription_id) as subscriptions from igny8_delivery_flags
            where cleared_at is null and kind in ('content_behind', 'links_behind')
            """,
            """
            with \(fragment: asked)
            select best.currency, best.subject_id, account.name, best.revenue, best.margin
            from asked
            cross join lateral (
                select distinct total.currency from igny8_monthly_totals total
                where total.source = 'ledger' and total.month = asked.month
            ) used
            cross join lateral (
                select total.id, total.currency, total.subject_id, total.revenue, total.margin
                from igny8_margin_totals total
                where total.subject_kind = 'client' and total.month = asked.month and total.currency = used.currency
                order by total.revenue desc nulls last, total.id desc limit 5
            ) best
            join igny8_accounts account on account.id = best.subject_id
            order by best.currency, best.revenue desc, best.id desc
            """,
        ]
    }

    /// The month, the first of the twelve, and the one before them. Materialized: row security keeps an expression that
    /// it does not know for harmless out of an index, but not a column.
    static func asked(_ month: CalendarMonth?) -> SQL {
        """
        asked as materialized (
            select asked.month, (asked.month - interval '11 months')::date as first,
                (asked.month - interval '12 months')::date as opening, (asked.month + interval '1 month')::date as next
            from (
                select coalesce(\(month?.firstDay.postgres)::date, igny8_month((igny8_now() at time zone 'UTC')::date)) as month
            ) asked
        )
        """
    }

    /// Reads what the statements gave.
    /// - Throws: `MRRError` when the movements do not lead from a start to its end (spec 9.11).
    public init(_ results: [PostgresRows]) throws {
        guard results.count == 6 else { throw PostgresError.skipped }
        let asked = try results[0].only()
        month = try asked.day("month").calendarMonth
        readAt = try asked.decode("now")
        subscriptions = try results[2].reduce(into: [:]) { $0[try $1.word("status")] = try $1.decode("subscriptions") }
        flags = try results[3].reduce(into: [:]) { $0[try $1.word("kind")] = try $1.decode("flags") }
        behind = try results[4].only().decode("subscriptions")
        var totals: [Currency: MonthTotals] = [:]
        for row in results[1] {
            let currency = try row.currency()
            try totals[currency, default: MonthTotals(currency: currency)].add(row)
        }
        var best: [Currency: [DashboardCurrency.Client]] = [:]
        for row in results[5] {
            let currency = try row.currency()
            best[currency, default: []].append(
                DashboardCurrency.Client(
                    accountID: try row.id("subject_id"),
                    name: try row.decode("name"),
                    revenue: try row.bookAmount("revenue", in: currency),
                    margin: try row.bookAmount("margin", in: currency)
                )
            )
        }
        let last = month
        currencies = try totals.values.sorted { $0.currency.code < $1.currency.code }
            .map { try DashboardCurrency($0, upTo: last, best: best[$0.currency] ?? []) }
    }
}

/// The figures of one currency.
public struct DashboardCurrency: Sendable {
    /// Which.
    public let currency: Currency
    /// Twelve months, the one asked for last.
    public let months: [DashboardMonth]
    /// MRR by tier at both ends of the month.
    public let tiers: [ServiceTier: (start: Money, end: Money)]
    /// The clients with the most revenue in the month.
    public let best: [Client]

    /// One client of the best.
    public struct Client: Sendable {
        /// Who.
        public let accountID: Account.ID
        /// By name.
        public let name: String
        /// What was earned by it.
        public let revenue: BookAmount
        /// What is left of that.
        public let margin: BookAmount
    }

    /// The month asked for.
    public var now: DashboardMonth { months[months.count - 1] }
    /// The month before it.
    public var before: DashboardMonth { months[months.count - 2] }

    init(_ totals: MonthTotals, upTo last: CalendarMonth, best: [Client]) throws {
        currency = totals.currency
        self.best = best
        let first = last.adding(months: -11)
        let opening = totals.months[first.previous] ?? [:]
        var mrr = totals.net(opening)
        var clients = totals.clients(opening)
        var months: [DashboardMonth] = []
        var tiers: [ServiceTier: (start: Money, end: Money)] = [:]
        for tier in ServiceTier.allCases {
            let start = totals.net(opening, tier: tier)
            tiers[tier] = (start, start)
        }
        for offset in 0..<12 {
            let month = first.adding(months: offset)
            let cells = totals.months[month] ?? [:]
            months.append(try DashboardMonth(month, totals, cells, startingAt: mrr, clients: clients))
            mrr = months[offset].mrr.end
            clients = months[offset].clientsAtEnd
            for tier in ServiceTier.allCases {
                let start = tiers[tier]?.end ?? .zero(currency)
                tiers[tier] = (start, try start + totals.net(cells, tier: tier))
            }
        }
        self.months = months
        self.tiers = tiers
    }
}

/// One month in one currency.
public struct DashboardMonth: Sendable {
    /// Which.
    public let month: CalendarMonth
    /// Recurring revenue and what moved it.
    public let mrr: MRR
    /// Subscriptions that paid at the month's start.
    public let clientsAtStart: Int64
    /// Of those, the ones that had ended or paused by its end.
    public let clientsLost: Int64
    /// Subscriptions that paid at its end.
    public let clientsAtEnd: Int64
    /// Articles counted for the month.
    public let articles: Int64
    /// Minutes of the team.
    public let minutes: Int64

    private let currency: Currency
    private let accounts: [LedgerAccount: Int64]

    init(
        _ month: CalendarMonth,
        _ totals: MonthTotals,
        _ cells: [MonthTotals.Key: MonthTotals.Cell],
        startingAt start: Money,
        clients: Int64
    ) throws {
        self.month = month
        currency = totals.currency
        func moved(_ kind: String) -> Money { totals.money(cells[.init("mrr", kind)]?.amount ?? 0) }
        mrr = try MRR(
            start: start,
            new: moved("new"),
            expansion: moved("expansion"),
            reactivation: moved("reactivation"),
            contraction: -moved("contraction"),
            churn: -moved("churn"),
            end: try start + totals.net(cells)
        )
        clientsAtStart = clients
        clientsLost = cells[.init("mrr", "churn")]?.items ?? 0
        clientsAtEnd = clients + totals.clients(cells)
        articles = cells[.init("work", "articles")]?.items ?? 0
        minutes = (cells[.init("work", "minutes")]?.amount ?? 0) / 10_000
        var accounts: [LedgerAccount: Int64] = [:]
        for account in LedgerAccount.allCases {
            accounts[account] = cells[.init("ledger", account.rawValue)]?.amount
        }
        self.accounts = accounts
    }

    /// A sum over the books.
    public func sum(_ figure: LedgerFigure) -> BookAmount {
        let total = figure.accounts.reduce(Int64(0)) { $0 + (accounts[$1] ?? 0) }
        return BookAmount(tenThousandths: figure.sign * total, currency: currency)
    }

    /// What one account of the chart took, debits less credits.
    public func balance(_ account: LedgerAccount) -> BookAmount {
        BookAmount(tenThousandths: accounts[account] ?? 0, currency: currency)
    }
}

/// Totals as they were read, by month.
struct MonthTotals {
    struct Key: Hashable {
        let source: String
        let measure: String
        let tier: String

        init(_ source: String, _ measure: String, tier: String = "") {
            (self.source, self.measure, self.tier) = (source, measure, tier)
        }
    }

    struct Cell {
        var amount: Int64
        var items: Int64
    }

    let currency: Currency
    private(set) var months: [CalendarMonth: [Key: Cell]] = [:]

    init(currency: Currency) { self.currency = currency }

    mutating func add(_ row: PostgresRow) throws {
        let key = Key(try row.decode("source"), try row.decode("measure"), tier: try row.decode("tier"))
        let amount = try row.bookAmount("amount", in: currency).tenThousandths
        months[try row.day("month").calendarMonth, default: [:]][key] = Cell(
            amount: amount,
            items: try row.decode("items")
        )
    }

    /// All movements of MRR, of all tiers or of one.
    func net(_ cells: [Key: Cell], tier: ServiceTier? = nil) -> Money {
        let tiers = tier.map { [$0] } ?? ServiceTier.allCases
        return money(tiers.reduce(0) { $0 + (cells[Key("mrr", "net", tier: $1.rawValue)]?.amount ?? 0) })
    }

    /// How many more subscriptions pay.
    func clients(_ cells: [Key: Cell]) -> Int64 {
        func count(_ kind: String) -> Int64 { cells[Key("mrr", kind)]?.items ?? 0 }
        return count("new") + count("reactivation") - count("churn")
    }

    /// Prices have no more decimals than their currency.
    func money(_ tenThousandths: Int64) -> Money {
        Money(minor: tenThousandths / (10_000 / currency.minorPerMajor), currency: currency)
    }
}

extension PostgresRow {
    /// A sum over the books.
    func bookAmount(_ column: String, in currency: Currency) throws(PostgresError) -> BookAmount {
        let number = try decode(column, as: PostgresNumeric.self)
        guard number.scale <= 4 else { throw .decoding(column: column, reason: "the amount is finer than the books") }
        let factors: [Int64] = [10_000, 1_000, 100, 10, 1]
        return BookAmount(tenThousandths: number.unscaled * factors[number.scale], currency: currency)
    }
}
