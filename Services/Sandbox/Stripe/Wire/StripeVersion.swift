/// The API version this sandbox speaks. Older than basil (2025-03-31) it cannot speak: those invoices had other fields.
enum StripeVersion {
    static let pinned = "2026-06-24.dahlia"
    static let oldest = "2025-03-31.basil"

    /// The version of a call: the pinned one when the header is absent.
    static func accepted(_ header: String?) throws(StripeError) -> String {
        guard let header else { return pinned }
        let day = header.prefix(10)
        let isDay = day.count == 10 && day.split(separator: "-").map(\.count) == [4, 2, 2]
        guard isDay, day.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }), day >= oldest.prefix(10) else {
            throw .invalid("Invalid Stripe API version: \(header). This account speaks \(pinned).", param: nil)
        }
        return header
    }
}
