import DomainModel
import Foundation
import Persistence

/// A preview of billing for the eye: a line an invoice, a line a client, and the totals.
enum BillingTable {
    static func text(_ preview: BillingPreview) -> String {
        var table = Table(
            ["client", "site", "from", "to", "total", "credit", "due", "outcome"],
            rightAligned: [4, 5, 6]
        )
        for row in preview.invoices {
            table.add([
                row.client, row.site, "\(row.from)", "\(row.to.adding(days: -1))", row.total.description,
                row.usesCredit.isZero ? "" : row.usesCredit.decimalString, row.due.decimalString, row.outcome.rawValue,
            ])
        }
        var clients = Table(["client", "invoices", "total", "due"], rightAligned: [1, 2, 3])
        for (_, rows) in Dictionary(grouping: preview.invoices, by: { "\($0.accountID) \($0.total.currency.code)" })
            .sorted(by: { $0.value[0].accountID < $1.value[0].accountID })
        {
            let currency = rows[0].total.currency
            func sum(_ part: (BillingPreview.Row) -> Money) -> String {
                Money(minor: rows.reduce(0) { $0 + part($1).minor }, currency: currency).description
            }
            clients.add([rows[0].client, String(rows.count), sum(\.total), sum(\.due)])
        }
        var lines = [preview.invoices.isEmpty ? "nothing would be invoiced" : "\(table.text)\n\n\(clients.text)"]
        for (code, sum) in preview.totals.sorted(by: { $0.key < $1.key }) {
            lines.append(
                """

                \(code): \(sum.invoices) invoices over \(sum.total.decimalString) (net \(sum.net.decimalString), tax \
                \(sum.tax.decimalString)); out of credit \(sum.usesCredit.decimalString), to be charged \
                \(sum.charged.decimalString), likely declined \(sum.declined.decimalString), to be asked for \
                \(sum.asked.decimalString)
                """
            )
        }
        if !preview.retries.isEmpty {
            lines.append("\nopen invoices that are tried again:")
            lines += preview.retries.map {
                "  \($0.number) of \($0.client), \($0.due), at \($0.at.formatted(.iso8601))"
            }
        }
        return lines.joined(separator: "\n")
    }
}
