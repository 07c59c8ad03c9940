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

    /// `IG-C-2026-000001`.
    static func text(_ series: Series, issuer: String, year: Int, number: Int) -> String {
        let digits = String(number)
        return "\(issuer)\(series.infix)-\(year)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
