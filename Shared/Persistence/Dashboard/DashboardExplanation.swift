public import DomainModel
public import Postgres

/// What the dashboard's figures of a month are the sums of (spec 11.2): read from the lines, movements, entries and articles
/// themselves, not from the totals, so that it also proves the totals.
public struct DashboardExplanation: Sendable {
    /// One figure of one currency.
    public struct Figure: Sendable, Hashable {
        /// As the dashboard calls it, parts after a point: `mrr.new`.
        public let name: String
        /// The currency.
        public let currency: String
        /// The sum of its rows.
        public let sum: String
        /// How many there are.
        public let count: Int64
        /// The first of them, a JSON array; all of them where there are no more than ``DashboardExplanation/shown``.
        public let rows: String
    }

    /// In the order of names and currencies.
    public let figures: [Figure]

    /// So many rows are shown with a figure; the rest is behind its link.
    public static let shown = 20

    /// The statements of one flight: they read each line of the month once.
    /// - Parameter month: nil for the month of business time in UTC.
    public static func statements(month: CalendarMonth?) -> [SQL] {
        let asked = Dashboard.asked(month)
        let pairs = LedgerFigure.allCases.flatMap { figure in figure.accounts.map { (figure, $0) } }
        return [
            """
            with \(fragment: asked),
            figure as (
                select * from unnest(\(pairs.map(\.0.rawValue)), \(pairs.map(\.0.sign)), \(pairs.map(\.1.rawValue)))
                    as figure (name, sign, ledger_account)
            ),
            counted as (
                select figure.name, figure.sign * line.amount as amount, line.currency, line.id, entry.natural_key,
                    entry.effective_on, line.account_id, line.ledger_account,
                    row_number() over (partition by figure.name, line.currency order by line.id) as place
                from asked
                join igny8_ledger_entries entry
                    on entry.effective_on >= asked.month and entry.effective_on < asked.next
                join igny8_ledger_lines line on line.entry_id = entry.id
                join figure on figure.ledger_account = line.ledger_account
            )
            select name, currency, trim_scale(sum(amount))::text as sum, count(*) as count,
                jsonb_agg(jsonb_build_object('id', id, 'entry', natural_key, 'effective_on', effective_on,
                    'account_id', account_id, 'ledger_account', ledger_account, 'amount', trim_scale(amount)::text)
                    order by id) filter (where place <= \(shown))::text as rows
            from counted group by name, currency order by name, currency
            """,
            """
            with \(fragment: asked),
            counted as (
                select 'mrr.' || moved.kind as name, moved.currency, abs(moved.moved) as amount, moved.subscription_id,
                    moved.before, moved.after,
                    row_number() over (partition by moved.kind, moved.currency order by moved.subscription_id) as place
                from asked join igny8_mrr_months moved on moved.month = asked.month and moved.kind is not null
            )
            select name, currency, trim_scale(sum(amount))::text as sum, count(*) as count,
                jsonb_agg(jsonb_build_object('subscription_id', subscription_id, 'before', before::text,
                    'after', after::text, 'amount', amount::text) order by subscription_id)
                    filter (where place <= \(shown))::text as rows
            from counted group by name, currency
            union all
            select edge.name, movement.currency, trim_scale(sum(movement.amount))::text, count(*), '[]'
            from asked
            cross join lateral (values ('mrr.start', asked.month), ('mrr.end', asked.next)) as edge (name, day)
            join igny8_mrr_movements movement on movement.moved_on < edge.day
            group by edge.name, movement.currency
            order by name, currency
            """,
            """
            with \(fragment: asked),
            counted as (
                select 'minutes' as name, subscription.currency, entry.id, entry.minutes, entry.worked_on as day,
                    row_number() over (partition by subscription.currency order by entry.id) as place
                from asked join igny8_time_entries entry
                    on entry.worked_on >= asked.month and entry.worked_on < asked.next
                join igny8_managed_service_subscriptions subscription on subscription.id = entry.subscription_id
                union all
                select 'articles', subscription.currency, content.id, 1, content.counted_period_start,
                    row_number() over (partition by subscription.currency order by content.id)
                from asked join igny8_content content on content.counted_period_start = asked.month
                    and igny8_is_counted(content.status, content.is_deleted, content.counted_subscription_id)
                join igny8_managed_service_subscriptions subscription on subscription.id = content.counted_subscription_id
            )
            select name, currency, sum(minutes)::text as sum, count(*) as count,
                jsonb_agg(jsonb_build_object('id', id, 'day', day, 'minutes', case name when 'minutes' then minutes end)
                    order by id) filter (where place <= \(shown))::text as rows
            from counted group by name, currency order by name, currency
            """,
        ]
    }

    /// Reads what the statements gave.
    public init(_ results: some Sequence<PostgresRows>) throws {
        figures = try results.flatMap { rows in
            try rows.map { row in
                Figure(
                    name: try row.decode("name"),
                    currency: try row.decode("currency"),
                    sum: try row.decode("sum"),
                    count: try row.decode("count"),
                    rows: try row.decode("rows")
                )
            }
        }
    }
}
