import Crypto
import Foundation
public import Postgres

/// The books as a text that is the same whenever the same things happened (for comparing two lives of the same agency).
///
/// Only natural keys stand in it: names, domains, invoice numbers, periods, amounts and business days. Ids, moments, and
/// the number of attempts a charge took are left out, because a crash may change them and no money.
public enum LedgerExport {
    /// The text and its fingerprint.
    public struct Books: Sendable {
        /// One line a fact, sorted.
        public let lines: [String]

        /// SHA-256 of the text, in hexadecimal.
        public var digest: String {
            let text = lines.joined(separator: "\n")
            return SHA256.hash(data: Data(text.utf8)).hexadecimal
        }
    }

    /// Reads all accounts, so it runs in a transaction of the system.
    public static func books(in tx: PostgresTransaction) async throws -> Books {
        var lines: [String] = []
        for statement in [invoices, entries] {
            for row in try await tx.query(statement) { lines.append(try row.decode("fact")) }
        }
        return Books(lines: lines)
    }

    private static let invoices: SQL = """
        select fact from (select concat_ws(' | ', 'invoice', invoice.number, account.name, site.domain, invoice.kind,
            invoice.period_start || '/' || invoice.period_end, invoice.status, invoice.total || ' ' || invoice.currency,
            'paid ' || invoice.paid, 'credited ' || invoice.credited,
            string_agg(regexp_replace(line.description, 'order [0-9]+', 'order') || ' = ' || line.net,
                '; ' order by line.position)) as fact
        from igny8_invoices invoice
        join igny8_accounts account on account.id = invoice.account_id
        left join igny8_managed_service_subscriptions subscription on subscription.id = invoice.subscription_id
        left join igny8_sites site on site.id = subscription.site_id
        left join igny8_invoice_lines line on line.invoice_id = invoice.id
        group by invoice.id, account.name, site.domain) facts
        order by fact collate "C"
        """

    private static let entries: SQL = """
        select fact from (select concat_ws(' | ', 'entry', entry.effective_on, entry.kind, account.name, invoice.number,
            string_agg(line.ledger_account || ' ' || line.amount || ' ' || line.currency, '; ' order by line.position)) as fact
        from igny8_ledger_entries entry
        join igny8_ledger_lines line on line.entry_id = entry.id
        join igny8_accounts account on account.id = entry.account_id
        left join igny8_invoices invoice on invoice.id = entry.invoice_id
        group by entry.id, account.name, invoice.number) facts
        order by fact collate "C"
        """
}
