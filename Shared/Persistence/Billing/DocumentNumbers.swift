import DomainModel
import Postgres

/// The counters that give documents their numbers: gapless, because a number is taken by the same commit as its document.
enum DocumentNumbers {
    enum Series: String {
        case invoice
        case creditNote = "credit_note"
        case refund

        /// What stands between issuer and year: `IG-C-2026-000001`.
        var infix: String {
            switch self {
            case .invoice: ""
            case .creditNote: "-C"
            case .refund: "-R"
            }
        }
    }

    /// The next number; the counter's row is held until the transaction ends.
    static func next(_ series: Series, issuer: String, year: Int, in tx: PostgresTransaction) async throws -> Int {
        try await tx.query(
            "select igny8_next_number(\(issuer), \(series.rawValue), \(year)::integer) as number"
        ).only().decode("number")
    }

    /// The next numbers in a row, taken at once; the counter's row is held until the transaction ends.
    /// - Returns: as many as were asked for, ascending.
    static func next(
        _ series: Series,
        issuer: String,
        year: Int,
        count: Int,
        in tx: PostgresTransaction
    ) async throws -> ClosedRange<Int> {
        let last: Int = try await tx.query(
            """
            insert into igny8_document_counters as counter (issuer, series, year, last_number)
            values (\(issuer), \(series.rawValue), \(year), \(count))
            on conflict (issuer, series, year) do update set last_number = counter.last_number + excluded.last_number
            returning last_number
            """
        ).only().decode("last_number")
        return last - count + 1...last
    }

    /// `IG-C-2026-000001`.
    static func text(_ series: Series, issuer: String, year: Int, number: Int) -> String {
        let digits = String(number)
        return "\(issuer)\(series.infix)-\(year)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
