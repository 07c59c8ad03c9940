public import DomainModel
public import Postgres

/// Any number of the books, opened to the rows it comes from (spec 11.2: "explain this number"). Reads all accounts, so it
/// runs in a transaction of the system.
public struct LedgerExplanation: Sendable, Hashable {
    /// What is explained.
    public let title: String
    /// The formula with its figures: `due 0.00 = total 186.20 − paid 186.20 − credited 0.00`.
    public let formulas: [String]
    /// The rows, a heading before each group.
    public let sections: [Section]

    /// Rows of one kind.
    public struct Section: Sendable, Hashable {
        /// What they are.
        public let heading: String
        /// One text a row.
        public let rows: [String]
    }

    /// Explains an invoice by its number, an entry by its key or its document's number, or an account of the chart.
    /// - Parameters:
    ///   - name: `IG-2026-000001`, `IG-C-2026-000001`, `invoice_paid:inv:…`, `receivable`.
    ///   - day: for an account: the balance up to and with this day.
    ///   - client: for an account: of this client only.
    /// - Returns: nil when there is nothing of that name.
    public static func of(
        _ name: String,
        asOf day: CalendarDay? = nil,
        client: Account.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> LedgerExplanation? {
        if InvoiceNumber(name) != nil { return try await invoice(name, in: tx) }
        if let account = LedgerAccount(rawValue: name) {
            return try await self.account(account, asOf: day, client: client, in: tx)
        }
        return try await entry(name, in: tx)
    }

    // MARK: An invoice

    private static func invoice(_ number: String, in tx: PostgresTransaction) async throws -> LedgerExplanation? {
        let found = try await tx.query(
            """
            select i.id, concat_ws(', ', 'invoice ' || i.number, a.name, i.status, 'issued on ' || i.issued_on) as title,
                concat('due ', \(fragment: amount("i.due")), ' = total ', \(fragment: amount("i.total")), ' − paid ',
                    \(fragment: amount("i.paid")), ' − credited ', \(fragment: amount("i.credited")), ' ', i.currency,
                    case when i.status = 'void' then ' (withdrawn: nothing is due)' end) as due,
                concat('total ', \(fragment: amount("i.total")), ' = net ', \(fragment: amount("i.net")), ' + tax ',
                    \(fragment: amount("i.tax"))) as total,
                concat('earned on ', i.earned_on) as earned, i.earned_on is not null as is_earned
            from igny8_invoices i join igny8_accounts a on a.id = i.account_id where i.number = \(number)
            """
        )
        guard let row = found.first else { return nil }
        let id: Int64 = try row.decode("id")
        let booked = try await tx.query(
            """
            select concat('the books hold ', \(fragment: amount("sum(l.amount)")), ' in ', l.ledger_account) as held
            from igny8_ledger_entries e join igny8_ledger_lines l on l.entry_id = e.id
            join igny8_ledger_accounts chart on chart.code = l.ledger_account
            where e.invoice_id = \(id) group by l.ledger_account, chart.position order by chart.position
            """
        )
        var formulas: [String] = [try row.decode("total"), try row.decode("due")]
        if try row.decode("is_earned", as: Bool.self) { formulas.append(try row.decode("earned")) }
        formulas += try booked.map { row in try row.decode("held") }
        return LedgerExplanation(
            title: try row.decode("title"),
            formulas: formulas,
            sections: try await [
                section(
                    "lines",
                    """
                    select concat(l.position, '. ', l.description, ': ',
                        case when l.quantity > 1 then concat(l.quantity, ' × ', \(fragment: amount("l.unit_price")), ' = ') end,
                        \(fragment: amount("l.net")), ', tax at ', trim_scale(l.tax_rate * 100), ' %: ',
                        \(fragment: amount("l.tax")))
                    from igny8_invoice_lines l where l.invoice_id = \(id) order by l.position
                    """,
                    in: tx
                ),
                section(
                    "payments",
                    """
                    select concat(p.idempotency_key, ' by ', p.kind, ', ', p.status, ': ', \(fragment: amount("p.amount")),
                        ', fee ' || \(fragment: amount("p.fee")), ', refunded ' || nullif(p.refunded, 0)::numeric(12, 2),
                        ', declined: ' || p.decline_code)
                    from igny8_payments p where p.invoice_id = \(id) order by p.attempt
                    """,
                    in: tx
                ),
                section(
                    "credit notes",
                    """
                    select concat(n.number, ', ', n.reason, ': ', \(fragment: amount("n.net + n.tax")), ', of it ',
                        \(fragment: amount("n.applied_to_due")), ' off the due, ', \(fragment: amount("n.excess")),
                        ' to the client''s credit')
                    from igny8_credit_notes n where n.invoice_id = \(id) order by n.id
                    """,
                    in: tx
                ),
                section(
                    "refunds",
                    """
                    select concat(r.number, ', ', r.status, ': ', \(fragment: amount("r.amount")), ', ', r.reason)
                    from igny8_refunds r join igny8_payments p on p.id = r.payment_id
                    where p.invoice_id = \(id) order by r.id
                    """,
                    in: tx
                ),
                section("entries", entries("e.invoice_id = \(id)"), in: tx),
            ].filter { !$0.rows.isEmpty }
        )
    }

    // MARK: An entry

    private static func entry(_ name: String, in tx: PostgresTransaction) async throws -> LedgerExplanation? {
        let found = try await tx.query(
            """
            select e.id, e.natural_key, concat_ws(', ', 'entry ' || e.id, e.kind, a.name, 'effective on ' || e.effective_on,
                'posted at ' || e.posted_at) as title,
                concat_ws(', ', 'invoice ' || i.number, 'payment ' || p.idempotency_key, 'credit note ' || n.number,
                    'refund ' || r.number, 'site ' || s.domain, 'subscription ' || e.subscription_id,
                    'order ' || e.order_id, 'link ' || e.backlink_id) as about
            from igny8_ledger_entries e join igny8_accounts a on a.id = e.account_id
            left join igny8_invoices i on i.id = e.invoice_id left join igny8_payments p on p.id = e.payment_id
            left join igny8_credit_notes n on n.id = e.credit_note_id left join igny8_refunds r on r.id = e.refund_id
            left join igny8_sites s on s.id = e.site_id
            where e.natural_key = any(\([name, "credit_note:\(name)", "refund:\(name)"])) or e.id::text = \(name)
            """
        )
        guard let row = found.first else { return nil }
        let id: Int64 = try row.decode("id")
        return LedgerExplanation(
            title: try row.decode("title"),
            formulas: ["its lines add up to nothing: debits are positive, credits negative"],
            sections: try await [
                Section(heading: "about", rows: [try row.decode("natural_key"), try row.decode("about")]),
                section(
                    "lines",
                    """
                    select concat(l.ledger_account, ' (', chart.name, ') ', case when l.amount > 0 then '+' end,
                        \(fragment: amount("l.amount")), ' ', l.currency)
                    from igny8_ledger_lines l join igny8_ledger_accounts chart on chart.code = l.ledger_account
                    where l.entry_id = \(id) order by l.position
                    """,
                    in: tx
                ),
            ]
        )
    }

    // MARK: An account of the chart

    private static func account(
        _ account: LedgerAccount,
        asOf day: CalendarDay?,
        client: Account.ID?,
        in tx: PostgresTransaction
    ) async throws -> LedgerExplanation {
        let condition: SQL = """
            l.ledger_account = \(account.rawValue) and e.effective_on <= coalesce(\(day?.postgres)::date, 'infinity')
                and l.account_id = coalesce(\(client?.rawValue)::bigint, l.account_id)
            """
        let formulas = try await section(
            "",
            """
            select concat(\(account.rawValue)::text, ' ', \(fragment: amount("sum(by_kind.amount)")), ' ', by_kind.currency, ' = ',
                string_agg(concat(by_kind.kind, ' ', \(fragment: amount("by_kind.amount")), ' (', by_kind.many, ')'), ' + '
                    order by by_kind.kind))
            from (
                select e.kind, l.currency, sum(l.amount) as amount, count(*) as many
                from igny8_ledger_lines l join igny8_ledger_entries e on e.id = l.entry_id
                where \(fragment: condition) group by e.kind, l.currency
            ) by_kind group by by_kind.currency order by by_kind.currency
            """,
            in: tx
        )
        return LedgerExplanation(
            title: "\(account.rawValue), an account of \(account.kind.rawValue)"
                + (client.map { ", of client \($0)" } ?? "") + (day.map { ", up to \($0)" } ?? ""),
            formulas: formulas.rows,
            sections: [
                try await section(
                    "by month",
                    """
                    select concat(to_char(e.effective_on, 'YYYY-MM'), ' ', \(fragment: amount("sum(l.amount)")), ' ',
                        l.currency, ' in ', count(*), ' lines')
                    from igny8_ledger_lines l join igny8_ledger_entries e on e.id = l.entry_id
                    where \(fragment: condition)
                    group by to_char(e.effective_on, 'YYYY-MM'), l.currency order by to_char(e.effective_on, 'YYYY-MM'), l.currency
                    """,
                    in: tx
                ),
                try await section(
                    "the newest \(newest) lines",
                    """
                    select concat(e.effective_on, ' ', e.natural_key, ' ', case when l.amount > 0 then '+' end,
                        \(fragment: amount("l.amount")), ' ', l.currency)
                    from igny8_ledger_lines l join igny8_ledger_entries e on e.id = l.entry_id
                    where \(fragment: condition) order by e.effective_on desc, e.id desc limit \(newest)
                    """,
                    in: tx
                ),
            ].filter { !$0.rows.isEmpty }
        )
    }

    private static let newest = 20

    private static func section(
        _ heading: String,
        _ sql: SQL,
        in tx: PostgresTransaction
    ) async throws -> Section {
        Section(heading: heading, rows: try await tx.query(sql).map { row in try row.decode(0) })
    }

    private static func entries(_ condition: SQL) -> SQL {
        """
        select concat(e.effective_on, ' ', e.natural_key, ': ', string_agg(concat(l.ledger_account, ' ',
            case when l.amount > 0 then '+' end, \(fragment: amount("l.amount"))), ', ' order by l.position))
        from igny8_ledger_entries e join igny8_ledger_lines l on l.entry_id = e.id
        where \(fragment: condition) group by e.id order by e.effective_on, e.id
        """
    }

    /// At least two decimals, more where there are more.
    private static func amount(_ expression: String) -> SQL {
        SQL(unsafeRaw: "round(\(expression), greatest(scale(trim_scale(\(expression))), 2))::text")
    }
}
