public import DomainModel
public import Foundation
public import Postgres

/// `igny8_credit_notes` with their lines: append-only; together they never exceed their invoice nor a line of it, which
/// the database checks.
public enum CreditNotes {
    static let columns: SQL =
        "id, account_id, invoice_id, number, currency, net, tax, applied_to_due, excess, reason, issued_at"

    static func decode(_ row: PostgresRow, lines: [CreditNoteLine]) throws -> CreditNote {
        let currency = try row.currency()
        return try CreditNote(
            id: row.id("id"),
            accountID: row.id("account_id"),
            invoiceID: row.id("invoice_id"),
            number: row.decode("number"),
            lines: lines,
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
        let rows = try await queries.query(
            """
            select \(fragment: columns) from igny8_credit_notes
            where invoice_id = any(\(invoices.map(\.rawValue))) and \(fragment: tenant.owns())
            order by issue_year, issue_number
            """
        )
        if rows.isEmpty { return [] }
        var lines: [Int64: [CreditNoteLine]] = [:]
        for (note, _, line) in try await load(of: invoices, in: queries) { lines[note, default: []].append(line) }
        return try rows.map { row in try decode(row, lines: lines[row.decode("id")] ?? []) }
    }

    /// The invoice that a credit note corrects, when the tenant may see it.
    public static func invoice(
        of note: CreditNote.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Invoice.ID? {
        try await queries.query(
            """
            select invoice_id from igny8_credit_notes where id = \(note.rawValue) and \(fragment: tenant.owns())
            """
        ).first?.id("invoice_id")
    }

    /// What has been credited of some invoices so far, line by line.
    public static func lines(
        of invoices: [Invoice.ID],
        in queries: some PostgresQuerying
    ) async throws -> [Invoice.ID: [CreditNoteLine]] {
        var lines: [Invoice.ID: [CreditNoteLine]] = [:]
        for (_, invoice, line) in try await load(of: invoices, in: queries) { lines[invoice, default: []].append(line) }
        return lines
    }

    private static func load(
        of invoices: [Invoice.ID],
        in queries: some PostgresQuerying
    ) async throws -> [(note: Int64, invoice: Invoice.ID, line: CreditNoteLine)] {
        try await queries.query(
            """
            select line.credit_note_id, line.invoice_id, line.position, line.kind, line.net, line.tax_rate, line.tax,
                line.period_start, line.period_end, note.currency
            from igny8_credit_note_lines line join igny8_credit_notes note on note.id = line.credit_note_id
            where line.invoice_id = any(\(invoices.map(\.rawValue))) order by line.credit_note_id, line.position
            """
        ).map { row in
            let currency = try row.currency()
            return try (
                row.decode("credit_note_id"), row.id("invoice_id"),
                CreditNoteLine(
                    position: row.decode("position"),
                    kind: row.word("kind"),
                    net: row.money("net", in: currency),
                    taxRate: row.ratio("tax_rate"),
                    tax: row.money("tax", in: currency),
                    unserved: row.served()
                )
            )
        }
    }

    /// Issues a credit note with the next number of its series, lowers what is due, and books it. What it covers beyond
    /// the due is the customer's credit from here on.
    /// - Parameters:
    ///   - lines: what `Creditable` makes of the invoice as it is now.
    ///   - invoice: its row is held by the caller.
    ///   - day: the day of issue in the account's zone.
    /// - Throws: `AmountExceedsDue`; a check violation on `igny8_credit_notes_within` or `igny8_credit_note_lines_within`
    ///   when it is more than what is left.
    public static func issue(
        _ lines: [CreditNoteLine],
        on invoice: inout Stored<Invoice>,
        reason: String,
        at moment: Date,
        on day: CalendarDay,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> CreditNote {
        let currency = invoice.currency
        let net = try lines.map(\.net).total(in: currency)
        let gross = try lines.gross(in: currency)
        let owner = Tenant.account(invoice.accountID)
        let underWay = try await Payments.underWay(of: invoice.id, for: owner, in: tx)?.amount
        let excess = try invoice.value.apply(credit: gross, underWay: underWay, at: moment)
        let issuer = invoice.number?.issuer ?? InvoiceNumber.agencyIssuer
        let number = try await DocumentNumbers.next(.creditNote, issuer: issuer, year: day.year, in: tx)
        let row = try await tx.query(
            """
            insert into igny8_credit_notes (account_id, invoice_id, issuer, issue_year, issue_number, number, currency,
                net, tax, applied_to_due, excess, reason, issued_at, created_by)
            values (\(invoice.accountID.rawValue), \(invoice.id.rawValue), \(issuer), \(day.year), \(number),
                \(DocumentNumbers.text(.creditNote, issuer: issuer, year: day.year, number: number)),
                \(currency.code), \(net.numeric), \(try (gross - net).numeric), \(try (gross - excess).numeric),
                \(excess.numeric), \(reason), \(moment), \(createdBy?.rawValue))
            returning \(fragment: columns)
            """
        ).only()
        let note = try decode(row, lines: lines)
        try await insert(note, in: tx)
        try await Invoices.save(&invoice, in: tx)
        if !gross.isZero { try await Ledger.post(.credited(note, on: invoice.value, on: day), in: tx) }
        return note
    }

    private static func insert(_ note: CreditNote, in tx: PostgresTransaction) async throws {
        let lines = note.lines
        try await tx.query(
            """
            insert into igny8_credit_note_lines (account_id, credit_note_id, invoice_id, position, kind, net, tax_rate, tax,
                period_start, period_end)
            select \(note.accountID.rawValue), \(note.id.rawValue), \(note.invoiceID.rawValue), given.*
            from unnest(\(lines.map(\.position)), \(lines.map(\.kind.rawValue)), \(lines.map(\.net.numeric)),
                \(lines.map(\.taxRate.numeric)), \(lines.map(\.tax.numeric)),
                \(lines.map { $0.unserved?.from.postgres }), \(lines.map { $0.unserved?.to.postgres })) as given
            """
        )
    }
}
