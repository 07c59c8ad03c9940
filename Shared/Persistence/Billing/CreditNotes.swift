public import DomainModel
public import Foundation
public import Postgres

/// `igny8_credit_notes`: append-only; together they never exceed their invoice, which the database checks.
public enum CreditNotes {
    static let columns: SQL =
        "id, account_id, invoice_id, number, currency, net, tax, applied_to_due, excess, reason, issued_at"

    static func decode(_ row: PostgresRow) throws -> CreditNote {
        let currency = try row.currency()
        return try CreditNote(
            id: row.id("id"),
            accountID: row.id("account_id"),
            invoiceID: row.id("invoice_id"),
            number: row.decode("number"),
            net: row.money("net", in: currency),
            tax: row.money("tax", in: currency),
            appliedToDue: row.money("applied_to_due", in: currency),
            excess: row.money("excess", in: currency),
            reason: row.decode("reason"),
            issuedAt: row.decode("issued_at")
        )
    }

    /// The credit notes of some invoices, by number.
    public static func all(
        of invoices: [Invoice.ID],
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [CreditNote] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_credit_notes
            where invoice_id = any(\(invoices.map(\.rawValue))) and \(fragment: tenant.owns())
            order by issue_year, issue_number
            """
        ).map(decode)
    }

    /// Issues a credit note with the next number of its series.
    /// - Parameter day: the day of issue in the account's zone.
    /// - Throws: a check violation on `igny8_credit_notes_within` when it is more than what is left of the invoice.
    public static func issue(
        on invoice: Invoice,
        net: Money,
        tax: Money,
        appliedToDue: Money,
        excess: Money,
        reason: String,
        at moment: Date,
        on day: CalendarDay,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> CreditNote {
        let issuer = invoice.number?.issuer ?? InvoiceNumber.agencyIssuer
        let number = try await DocumentNumbers.next(.creditNote, issuer: issuer, year: day.year, in: tx)
        return try await decode(
            tx.query(
                """
                insert into igny8_credit_notes (account_id, invoice_id, issuer, issue_year, issue_number, number, currency,
                    net, tax, applied_to_due, excess, reason, issued_at, created_by)
                values (\(invoice.accountID.rawValue), \(invoice.id.rawValue), \(issuer), \(day.year), \(number),
                    \(DocumentNumbers.text(.creditNote, issuer: issuer, year: day.year, number: number)),
                    \(invoice.currency.code), \(net.numeric), \(tax.numeric), \(appliedToDue.numeric), \(excess.numeric),
                    \(reason), \(moment), \(createdBy?.rawValue))
                returning \(fragment: columns)
                """
            ).only()
        )
    }
}
