public import Postgres

/// Replays the books against the documents they are about (spec 9.2) and names each row that is wrong.
///
/// Every rule is one statement that looks for what contradicts it; a book without contradictions balances. It reads all
/// accounts, so it runs in a transaction of the system.
public enum LedgerCheck {
    /// A row that contradicts a rule.
    public struct Finding: Sendable, Hashable {
        /// The rule, as a sentence that should be true.
        public let rule: String
        /// The row, in words a person can look up.
        public let row: String
    }

    /// What the replay saw.
    public struct Report: Sendable {
        /// How many entries were replayed.
        public let entries: Int64
        /// How many invoices were held against them.
        public let invoices: Int64
        /// The balance of each ledger account and currency, in the chart's order: `receivable 399.00 USD`.
        public let balances: [String]
        /// What is wrong, in the order of the rules; empty when the books balance.
        public let findings: [Finding]

        /// Whether nothing contradicts anything.
        public var isBalanced: Bool { findings.isEmpty }
    }

    /// Replays everything.
    /// - Parameter limit: at most so many findings for each rule.
    public static func run(in tx: PostgresTransaction, limit: Int = 20) async throws -> Report {
        let counts = try await tx.query(
            "select (select count(*) from igny8_ledger_entries) as entries, (select count(*) from igny8_invoices) as invoices"
        ).only()
        let balances = try await tx.query(
            """
            select line.ledger_account || ' ' || sum(line.amount)::numeric(20, 2) || ' ' || line.currency as balance
            from igny8_ledger_lines line join igny8_ledger_accounts chart on chart.code = line.ledger_account
            group by line.ledger_account, line.currency, chart.position order by chart.position, line.currency
            """
        )
        var findings: [Finding] = []
        for rule in rules {
            let rows = try await tx.query(
                "select wrong from (\(fragment: rule.contradictions)) as found (wrong) limit \(limit)"
            )
            for row in rows { findings.append(Finding(rule: rule.sentence, row: try row.decode("wrong"))) }
        }
        return Report(
            entries: try counts.decode("entries"),
            invoices: try counts.decode("invoices"),
            balances: try balances.map { row throws(PostgresError) in try row.decode("balance") },
            findings: findings
        )
    }

    private struct Rule: Sendable {
        let sentence: String
        /// One text column: the rows that make the sentence false.
        let contradictions: SQL
    }

    private static let rules: [Rule] = [
        Rule(
            sentence: "every entry adds up to zero in each currency",
            contradictions: """
                select 'entry ' || entry.natural_key || ' is off by ' || sum(line.amount) || ' ' || line.currency
                from igny8_ledger_entries entry join igny8_ledger_lines line on line.entry_id = entry.id
                group by entry.id, entry.natural_key, line.currency having sum(line.amount) <> 0 order by entry.id
                """
        ),
        Rule(
            sentence: "every entry has at least two lines",
            contradictions: """
                select 'entry ' || entry.natural_key || ' has ' || count(line.id)
                from igny8_ledger_entries entry left join igny8_ledger_lines line on line.entry_id = entry.id
                group by entry.id, entry.natural_key having count(line.id) < 2 order by entry.id
                """
        ),
        Rule(
            sentence: "every issued invoice is booked once, over its total",
            contradictions: """
                select 'invoice ' || invoice.number || ' is ' || invoice.total || ', booked ' || coalesce(sum(line.amount), 0)
                from igny8_invoices invoice
                left join igny8_ledger_entries entry on entry.invoice_id = invoice.id and entry.kind = 'invoice_issued'
                left join igny8_ledger_lines line on line.entry_id = entry.id and line.ledger_account = 'receivable'
                where invoice.number is not null
                group by invoice.id having invoice.total <> coalesce(sum(line.amount), 0) order by invoice.id
                """
        ),
        Rule(
            sentence: "what the books hold receivable on an invoice is what is due on it",
            contradictions: """
                select 'invoice ' || invoice.number || ' (' || invoice.status || ') is due '
                    || case when invoice.status = 'pending' then invoice.due else 0 end
                    || ', the books say ' || coalesce(sum(line.amount), 0)
                from igny8_invoices invoice
                left join igny8_ledger_entries entry on entry.invoice_id = invoice.id
                left join igny8_ledger_lines line on line.entry_id = entry.id and line.ledger_account = 'receivable'
                where invoice.number is not null
                group by invoice.id
                having case when invoice.status = 'pending' then invoice.due else 0 end <> coalesce(sum(line.amount), 0)
                order by invoice.id
                """
        ),
        Rule(
            sentence: "the sum of open invoices is the receivable, in each currency",
            contradictions: """
                select currency || ': open invoices ' || coalesce(open.amount, 0) || ', receivable ' || coalesce(booked.amount, 0)
                from (select currency, sum(due) as amount from igny8_invoices where status = 'pending' group by 1) open
                full join (
                    select currency, sum(amount) as amount from igny8_ledger_lines where ledger_account = 'receivable' group by 1
                ) booked using (currency)
                where coalesce(open.amount, 0) <> coalesce(booked.amount, 0) order by currency
                """
        ),
        Rule(
            sentence: "what was paid on an invoice is what its payments captured",
            contradictions: """
                select 'invoice ' || coalesce(invoice.number, invoice.id::text) || ' says ' || invoice.paid
                    || ', its payments ' || coalesce(sum(payment.captured - payment.excess), 0)
                from igny8_invoices invoice left join igny8_payments payment on payment.invoice_id = invoice.id
                group by invoice.id
                having invoice.paid <> coalesce(sum(payment.captured - payment.excess), 0) order by invoice.id
                """
        ),
        Rule(
            sentence: "every captured payment is booked once",
            contradictions: """
                select 'payment ' || payment.idempotency_key || ' is booked ' || count(entry.id) || ' times'
                from igny8_payments payment
                left join igny8_ledger_entries entry on entry.payment_id = payment.id and entry.kind = 'invoice_paid'
                where payment.captured > 0
                group by payment.id having count(entry.id) <> 1 order by payment.id
                """
        ),
        Rule(
            sentence: "what is refunded of a payment is the sum of its refunds, and never beyond what was captured",
            contradictions: """
                select 'payment ' || payment.idempotency_key || ' captured ' || payment.captured || ', refunded ' || payment.refunded
                    || ', its refunds ' || coalesce(sum(refund.amount) filter (where refund.status in ('pending', 'succeeded')), 0)
                from igny8_payments payment left join igny8_refunds refund on refund.payment_id = payment.id
                group by payment.id
                having payment.refunded > payment.captured or payment.refunded
                    <> coalesce(sum(refund.amount) filter (where refund.status in ('pending', 'succeeded')), 0)
                order by payment.id
                """
        ),
        Rule(
            sentence: "every refund that succeeded is booked once",
            contradictions: """
                select 'refund ' || refund.number || ' is booked ' || count(entry.id) || ' times'
                from igny8_refunds refund
                left join igny8_ledger_entries entry on entry.kind = 'refund'
                    and (entry.refund_id = refund.id or entry.natural_key = 'refund:' || refund.number)
                where refund.status = 'succeeded'
                group by refund.id having count(entry.id) <> 1 order by refund.id
                """
        ),
        Rule(
            sentence: "every credit note is booked once, over its amount",
            contradictions: """
                select 'credit note ' || note.number || ' is ' || note.net + note.tax || ', booked '
                    || coalesce(-sum(line.amount), 0)
                from igny8_credit_notes note
                left join igny8_ledger_entries entry on entry.natural_key = 'credit_note:' || note.number
                left join igny8_ledger_lines line
                    on line.entry_id = entry.id and line.ledger_account in ('receivable', 'customer_credit', 'bad_debt')
                group by note.id having note.net + note.tax <> coalesce(-sum(line.amount), 0) order by note.id
                """
        ),
        Rule(
            sentence: "an invoice's lines add up to it",
            contradictions: """
                select 'invoice ' || coalesce(invoice.number, invoice.id::text) || ' is ' || invoice.net || ' + '
                    || invoice.tax || ', its lines ' || coalesce(sum(line.net), 0) || ' + ' || coalesce(sum(line.tax), 0)
                from igny8_invoices invoice left join igny8_invoice_lines line on line.invoice_id = invoice.id
                where invoice.number is not null
                group by invoice.id
                having invoice.net <> coalesce(sum(line.net), 0) or invoice.tax <> coalesce(sum(line.tax), 0)
                order by invoice.id
                """
        ),
        Rule(
            sentence: "no day of a subscription is invoiced twice",
            contradictions: """
                select 'invoices ' || coalesce(one.number, one.id::text) || ' and ' || coalesce(other.number, other.id::text)
                from igny8_invoices one join igny8_invoices other
                    on other.subscription_id = one.subscription_id and other.id > one.id
                    and one.period_start < other.period_end and other.period_start < one.period_end
                where one.status <> 'void' and other.status <> 'void'
                    and one.period_start < igny8_billed_until(other.id, other.period_end)
                    and other.period_start < igny8_billed_until(one.id, one.period_end)
                order by one.id, other.id
                """
        ),
        Rule(
            sentence: "a credit note is the sum of its lines, and no line is credited beyond what it was",
            contradictions: """
                select 'credit note ' || note.number || ' is ' || note.net || ' + ' || note.tax || ', its lines '
                    || coalesce(sum(line.net), 0) || ' + ' || coalesce(sum(line.tax), 0)
                from igny8_credit_notes note left join igny8_credit_note_lines line on line.credit_note_id = note.id
                group by note.id
                having note.net <> coalesce(sum(line.net), 0) or note.tax <> coalesce(sum(line.tax), 0)
                union all
                select 'invoice ' || invoice.number || ', line ' || line.position || ' is ' || line.net || ' + ' || line.tax
                    || ', credited ' || sum(credit.net) || ' + ' || sum(credit.tax)
                from igny8_credit_note_lines credit
                join igny8_invoice_lines line on line.invoice_id = credit.invoice_id and line.position = credit.position
                join igny8_invoices invoice on invoice.id = line.invoice_id
                group by invoice.number, line.id
                having sum(credit.net) > line.net or sum(credit.tax) > line.tax
                    or bool_or(credit.tax_rate <> line.tax_rate)
                """
        ),
        Rule(
            sentence: "what credit notes took off an invoice's due is what it says",
            contradictions: """
                select 'invoice ' || invoice.number || ' says ' || invoice.credited || ', its credit notes '
                    || coalesce(sum(note.applied_to_due), 0)
                from igny8_invoices invoice left join igny8_credit_notes note on note.invoice_id = invoice.id
                group by invoice.id having invoice.credited <> coalesce(sum(note.applied_to_due), 0) order by invoice.id
                """
        ),
        Rule(
            sentence:
                "a customer's credit is what the books owe the customer, less refunds of it that are on their way",
            contradictions: """
                select 'account ' || account_id || ' has ' || coalesce(held.balance, 0) || ' ' || currency || ', the books say '
                    || coalesce(booked.amount, 0) || ', less ' || coalesce(waiting.amount, 0)
                from igny8_customer_credits held
                full join (
                    select account_id, currency, -sum(amount) as amount from igny8_ledger_lines
                    where ledger_account = 'customer_credit' group by 1, 2
                ) booked using (account_id, currency)
                full join (
                    select account_id, currency, sum(amount) as amount from igny8_refunds
                    where status = 'pending' and credit_note_id is not null group by 1, 2
                ) waiting using (account_id, currency)
                where coalesce(held.balance, 0) <> coalesce(booked.amount, 0) - coalesce(waiting.amount, 0)
                order by account_id, currency
                """
        ),
        Rule(
            sentence:
                "what is deferred on an invoice is what its days have not earned yet, less what was credited of them",
            contradictions: """
                select 'invoice ' || invoice.number || ' has ' || coalesce(booked.amount, 0) || ' deferred, expected '
                    || coalesce(expected.amount, 0)
                from igny8_invoices invoice
                left join (
                    select entry.invoice_id, -sum(line.amount) as amount from igny8_ledger_lines line
                    join igny8_ledger_entries entry on entry.id = line.entry_id
                    where line.ledger_account = 'deferred_revenue' group by 1
                ) booked on booked.invoice_id = invoice.id
                left join (
                    select line.invoice_id, sum(line.net - coalesce(credited.net, 0)) as amount
                    from igny8_invoice_lines line
                    left join (
                        select invoice_id, position, sum(net) as net from igny8_credit_note_lines group by 1, 2
                    ) credited using (invoice_id, position)
                    where line.period_start is not null group by 1
                ) expected on expected.invoice_id = invoice.id
                    and invoice.earned_on is null and invoice.status in ('pending', 'paid', 'uncollectible')
                where invoice.number is not null and coalesce(booked.amount, 0) <> coalesce(expected.amount, 0)
                order by invoice.id
                """
        ),
        Rule(
            sentence: "what an invoice has earned is what its lines and credit notes leave of it",
            contradictions: """
                select 'invoice ' || invoice.number || ' has earned ' || coalesce(booked.amount, 0) || ', expected '
                    || coalesce(expected.amount, 0)
                from igny8_invoices invoice
                left join (
                    select entry.invoice_id, -sum(line.amount) as amount from igny8_ledger_lines line
                    join igny8_ledger_entries entry on entry.id = line.entry_id
                    where line.ledger_account like 'revenue\\_%' group by 1
                ) booked on booked.invoice_id = invoice.id
                left join (
                    select line.invoice_id, sum(line.net - coalesce(credited.net, 0)) as amount
                    from igny8_invoice_lines line join igny8_invoices own on own.id = line.invoice_id
                    left join (
                        select invoice_id, position, sum(net) as net from igny8_credit_note_lines group by 1, 2
                    ) credited using (invoice_id, position)
                    where line.period_start is null or own.earned_on is not null group by 1
                ) expected on expected.invoice_id = invoice.id and invoice.status in ('pending', 'paid', 'uncollectible')
                where invoice.number is not null and coalesce(booked.amount, 0) <> coalesce(expected.amount, 0)
                order by invoice.id
                """
        ),
        Rule(
            sentence: "what was written off is what was due when it was given up, less what came or was credited since",
            contradictions: """
                select 'invoice ' || invoice.number || ' (' || invoice.status || ') has ' || coalesce(sum(line.amount), 0)
                    || ' of bad debt, and is due ' || invoice.due
                from igny8_invoices invoice
                left join igny8_ledger_entries entry
                    on entry.invoice_id = invoice.id and entry.kind not like 'dispute\\_%'
                left join igny8_ledger_lines line on line.entry_id = entry.id and line.ledger_account = 'bad_debt'
                where invoice.number is not null
                group by invoice.id
                having coalesce(sum(line.amount), 0) <> case when invoice.status = 'uncollectible' then invoice.due else 0 end
                order by invoice.id
                """
        ),
        Rule(
            sentence: "the movements of MRR add up to the prices of what is active",
            contradictions: """
                select 'subscription ' || subscription.id || ' (' || subscription.status || ') costs '
                    || subscription.monthly_price || ', its movements are ' || coalesce(sum(movement.amount), 0)
                from igny8_managed_service_subscriptions subscription
                left join igny8_mrr_movements movement on movement.subscription_id = subscription.id
                group by subscription.id
                having coalesce(sum(movement.amount), 0)
                    <> case when subscription.status = 'active' then subscription.monthly_price else 0 end
                order by subscription.id
                """
        ),
        Rule(
            sentence: "numbers have no gap, by issuer and year",
            contradictions: """
                select series || 's of ' || issuer || ' in ' || year || ': ' || count(issue_number) || ' numbers, the highest is '
                    || coalesce(max(issue_number), 0) || ', the counter stands at ' || last_number
                from igny8_document_counters counter
                left join (
                    select issuer, 'invoice' as series, issue_year as year, issue_number from igny8_invoices
                    where issue_number is not null
                    union all select issuer, 'credit_note', issue_year, issue_number from igny8_credit_notes
                    union all select issuer, 'refund', issue_year, issue_number from igny8_refunds
                ) document using (issuer, series, year)
                group by issuer, series, year, last_number
                having count(issue_number) <> last_number or coalesce(max(issue_number), 0) <> last_number
                order by issuer, series, year
                """
        ),
        Rule(
            sentence: "the totals of each month are the sums of their lines, movements, minutes and articles",
            contradictions: """
                select concat_ws(' ', source, measure, nullif(tier, ''), case when isfinite(month) then to_char(month, 'YYYY-MM') end, currency) || ' is '
                    || coalesce(truth.amount, 0)::numeric(20, 4) || ' in ' || coalesce(truth.items, 0) || ', the total says '
                    || coalesce(kept.amount, 0) || ' in ' || coalesce(kept.items, 0)
                from igny8_monthly_truth truth
                full join (
                    select source, measure, month, currency, tier, sum(amount) as amount, sum(items) as items
                    from igny8_monthly_totals group by 1, 2, 3, 4, 5
                ) kept using (source, measure, month, currency, tier)
                where coalesce(truth.amount, 0) <> coalesce(kept.amount, 0) or coalesce(truth.items, 0) <> coalesce(kept.items, 0)
                order by month, source, measure, currency, tier
                """
        ),
        Rule(
            sentence: "the margin of each client, subscription and order is the sum of its lines",
            contradictions: """
                select concat_ws(' ', subject_kind, subject_id, case when isfinite(month) then to_char(month, 'YYYY-MM') end, currency)
                    || ' is ' || concat_ws(' − ', truth.revenue, truth.refunds, truth.cost, truth.fees, truth.losses)
                    || ', the total says ' || concat_ws(' − ', kept.revenue, kept.refunds, kept.cost, kept.fees, kept.losses)
                from igny8_margin_truth truth
                full join igny8_margin_totals kept using (account_id, subject_kind, subject_id, month, currency)
                where (truth.revenue, truth.refunds, truth.cost, truth.fees, truth.losses, truth.items)
                    is distinct from
                    (kept.revenue, kept.refunds, kept.cost, kept.fees, kept.losses, kept.items)
                order by month, subject_kind, subject_id, currency
                """
        ),
    ]
}
