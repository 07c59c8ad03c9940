import DomainModel
import Postgres

/// `igny8_invoice_lines`: written with their draft, never changed.
enum InvoiceLines {
    static func load(
        of invoices: [Int64],
        in queries: some PostgresQuerying
    ) async throws -> [Int64: [InvoiceLine]] {
        let rows = try await queries.query(
            """
            select line.invoice_id, line.kind, line.description, line.quantity, line.unit_price, line.net, line.tax_rate,
                line.tax, line.site_id, line.subscription_id, line.period_start, line.period_end, invoice.currency
            from igny8_invoice_lines line join igny8_invoices invoice on invoice.id = line.invoice_id
            where line.invoice_id = any(\(invoices)) order by line.invoice_id, line.position
            """
        )
        var lines: [Int64: [InvoiceLine]] = [:]
        for row in rows { lines[try row.decode("invoice_id"), default: []].append(try decode(row)) }
        return lines
    }

    private static func decode(_ row: PostgresRow) throws -> InvoiceLine {
        let currency = try row.currency()
        return try InvoiceLine(
            kind: row.word("kind"),
            description: row.decode("description"),
            quantity: row.decode("quantity"),
            unitPrice: row.money("unit_price", in: currency),
            net: row.money("net", in: currency),
            taxRate: row.ratio("tax_rate"),
            tax: row.money("tax", in: currency),
            siteID: row.id(ifAny: "site_id"),
            subscriptionID: row.id(ifAny: "subscription_id"),
            served: row.served()
        )
    }

    /// The lines of drafts that have just been stored, in one statement however many they are.
    static func insert(of drafts: [Stored<Invoice>], in tx: PostgresTransaction) async throws {
        let given = drafts.flatMap { draft in
            draft.lines.enumerated().map { (invoice: draft.value, position: $0.offset + 1, line: $0.element) }
        }
        let lines = given.map(\.line)
        try await tx.query(
            """
            insert into igny8_invoice_lines (account_id, invoice_id, position, kind, description, quantity, unit_price,
                net, tax_rate, tax, site_id, subscription_id, period_start, period_end)
            select account_id, invoice_id, position, kind, description, quantity, unit_price, net, tax_rate, tax, site_id,
                subscription_id, period_start, period_end
            from unnest(\(given.map(\.invoice.accountID.rawValue)), \(given.map(\.invoice.id.rawValue)),
                \(given.map(\.position)), \(lines.map(\.kind.rawValue)), \(lines.map(\.description)),
                \(lines.map(\.quantity)), \(lines.map(\.unitPrice.numeric)), \(lines.map(\.net.numeric)),
                \(lines.map(\.taxRate.numeric)), \(lines.map(\.tax.numeric)), \(lines.map { $0.siteID?.rawValue }),
                \(lines.map { $0.subscriptionID?.rawValue }), \(lines.map { $0.served?.from.postgres }),
                \(lines.map { $0.served?.to.postgres }))
                with ordinality as given (account_id, invoice_id, position, kind, description, quantity, unit_price, net,
                    tax_rate, tax, site_id, subscription_id, period_start, period_end, n)
            order by n
            """
        )
    }
}
