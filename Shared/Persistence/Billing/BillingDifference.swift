import DomainModel
public import Postgres

/// How what happened differs from what a preview said.
public enum BillingDifference {
    /// One difference.
    public struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// Whose.
        public let client: String
        /// About what: `banner.example from 2026-10-01`.
        public let subject: String
        /// What differs.
        public let what: String

        /// One line.
        public var description: String { "\(client), \(subject): \(what)" }
    }

    /// Holds a preview against the invoices of the same subscriptions and days, and against every other one of a managed
    /// month that has been issued since for days that the preview should have known of.
    public static func find(_ preview: BillingPreview, in tx: PostgresTransaction) async throws -> [Finding] {
        let last = preview.invoices.map(\.from).max() ?? preview.month?.firstDay
        let rows = try await tx.query(
            """
            select invoice.subscription_id, invoice.period_start, invoice.number, invoice.status, invoice.total, invoice.due,
                invoice.currency, account.name, site.domain, invoice.first_failed_at is not null as has_failed,
                coalesce((select sum(amount) from igny8_payments
                    where invoice_id = invoice.id and kind = 'wallet' and captured > 0), 0) as credit
            from igny8_invoices invoice
            join igny8_accounts account on account.id = invoice.account_id
            join igny8_managed_service_subscriptions subscription on subscription.id = invoice.subscription_id
            join igny8_sites site on site.id = subscription.site_id
            where invoice.number is not null and invoice.kind = 'managed' and invoice.issued_at >= \(preview.reckonedAt)
                and invoice.period_start <= \(last?.postgres)
            order by invoice.issue_year, invoice.issue_number
            """
        )
        var happened: [Key: Happened] = [:]
        for row in rows {
            let currency = try row.currency()
            happened[try Key(subscription: row.id("subscription_id"), from: row.day("period_start"))] = try Happened(
                number: row.decode("number"),
                client: row.decode("name"),
                site: row.decode("domain"),
                status: row.word("status"),
                total: row.money("total", in: currency),
                credit: row.money("credit", in: currency),
                hasFailed: row.decode("has_failed")
            )
        }
        var findings: [Finding] = []
        for row in preview.invoices {
            let subject = "\(row.site) from \(row.from)"
            guard let invoice = happened.removeValue(forKey: Key(subscription: row.subscriptionID, from: row.from))
            else {
                findings.append(Finding(client: row.client, subject: subject, what: "\(row.total) was not invoiced"))
                continue
            }
            for what in invoice.differences(from: row) {
                findings.append(Finding(client: row.client, subject: "\(subject), \(invoice.number)", what: what))
            }
        }
        for (key, invoice) in happened.sorted(by: { $0.value.number < $1.value.number }) {
            findings.append(
                Finding(
                    client: invoice.client,
                    subject: "\(invoice.site) from \(key.from), \(invoice.number)",
                    what: "\(invoice.total) was invoiced and not foreseen"
                )
            )
        }
        return findings
    }

    private struct Key: Hashable {
        let subscription: ManagedSubscription.ID
        let from: CalendarDay
    }

    private struct Happened {
        let number: String
        let client: String
        let site: String
        let status: InvoiceStatus
        let total: Money
        let credit: Money
        let hasFailed: Bool

        func differences(from row: BillingPreview.Row) -> [String] {
            var found: [String] = []
            if total != row.total { found.append("\(total) was invoiced, \(row.total) foreseen") }
            if credit != row.usesCredit {
                found.append("\(credit) came out of the client's credit, \(row.usesCredit) foreseen")
            }
            switch (row.outcome, status) {
            case (.charged, .paid) where hasFailed: found.append("paid, but not at the first attempt")
            case (.settled, .paid), (.charged, .paid): break
            case (.declined, .pending), (.asked, .pending): break
            default: found.append("is \(status.rawValue), foreseen was \(row.outcome.rawValue)")
            }
            return found
        }
    }
}
