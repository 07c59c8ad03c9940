import Postgres

/// Which objects of a kind a list wants.
struct StripeFilter: Sendable {
    var links = StripeLinks()
    /// `created[gte]` and its like, Unix seconds.
    var created: [(comparison: Comparison, value: Int64)] = []
    var email: String?
    /// Invoice items that wait for an invoice.
    var isPending = false

    enum Comparison: String, CaseIterable, Sendable {
        case gt, gte, lt, lte
    }

    var sql: SQL {
        var sql: SQL = ""
        if let customer = links.customer { sql = sql + " and customer = \(customer)" }
        if let invoice = links.invoice { sql = sql + " and invoice = \(invoice)" }
        if let intent = links.paymentIntent { sql = sql + " and payment_intent = \(intent)" }
        if let charge = links.charge { sql = sql + " and charge = \(charge)" }
        if let status = links.status { sql = sql + " and status = \(status)" }
        if let email { sql = sql + " and body->>'email' = \(email)" }
        if isPending { sql = sql + " and invoice is null" }
        for (comparison, value) in created {
            switch comparison {
            case .gt: sql = sql + " and created > \(value)"
            case .gte: sql = sql + " and created >= \(value)"
            case .lt: sql = sql + " and created < \(value)"
            case .lte: sql = sql + " and created <= \(value)"
            }
        }
        return sql
    }
}

extension StripeParameters {
    /// `created=…` or `created[gte]=…`.
    mutating func createdFilter() throws(StripeError) -> [(comparison: StripeFilter.Comparison, value: Int64)] {
        guard isNested("created") else {
            return try integer("created").map { [(.gte, $0), (.lte, $0)] } ?? []
        }
        guard var range = try object("created") else { return [] }
        var bounds: [(comparison: StripeFilter.Comparison, value: Int64)] = []
        for comparison in StripeFilter.Comparison.allCases {
            if let value = try range.integer(comparison.rawValue) { bounds.append((comparison, value)) }
        }
        try range.finish()
        return bounds
    }
}
