import Crypto
import DomainModel
import Foundation

/// A quote as a promise that nobody has to keep a record of: what was promised, until when, sealed for one account and one
/// question. Whoever orders just that, in time, gets just that price, whatever the catalogue says meanwhile.
struct QuoteSlip: Sendable {
    /// Two weeks: what a client needs to make up their mind, and less than prices of publishers take to move far.
    static let lifetime: TimeInterval = 14 * 86_400

    /// What is promised: the price before the surcharge, and the multipliers.
    struct Promise: Sendable, Equatable {
        let price: Money
        let surcharge: Ratio
        let costFactor: Ratio
        let expiresAt: Date
    }

    private let key: SymmetricKey

    init(key: [UInt8]) {
        // A key of its own, derived, so that a slip is never a signature of the token key.
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key),
            info: Array("igny8 order quote".utf8),
            outputByteCount: 32
        )
    }

    func seal(_ price: OrderPrice, until expiresAt: Date, for account: Account.ID, asked question: JSON) -> String {
        let promise = [
            String(Int64(expiresAt.timeIntervalSince1970)), price.clientPrice.decimalString,
            price.clientPrice.currency.code, price.surcharge.description, price.costFactor.description,
        ].joined(separator: "_")
        return "oq1_" + promise + "_" + seal(promise, account, question)
    }

    /// What a slip promises; nil for one that was not made for just this.
    func open(_ slip: String, for account: Account.ID, asked question: JSON) -> Promise? {
        let parts = slip.split(separator: "_", maxSplits: 6, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, parts[0] == "oq1",
            constantTimeEquals(
                Array(parts[6].utf8),
                Array(seal(parts[1...5].joined(separator: "_"), account, question).utf8)
            ),
            let end = Int64(parts[1]), let currency = Currency(code: parts[3]),
            let price = try? Money(decimal: parts[2], currency: currency),
            let surcharge = Ratio(parts[4]), let factor = Ratio(parts[5])
        else { return nil }
        return Promise(
            price: price,
            surcharge: surcharge,
            costFactor: factor,
            expiresAt: Date(timeIntervalSince1970: Double(end))
        )
    }

    private func seal(_ promise: String, _ account: Account.ID, _ question: JSON) -> String {
        let text = [promise, account.description, Self.priced(question).canonicalText].joined(separator: "\n")
        return SecretToken.base64URL(Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)))
    }

    /// What of a question decides a price; where links are to lead does not.
    private static func priced(_ question: JSON) -> JSONValue {
        func kept(_ value: JSON, _ names: [String]) -> JSONValue {
            .object(
                Dictionary(names.compactMap { name in value[name].map { (name, JSONValue($0)) } }) { first, _ in first }
            )
        }
        guard case .object(var members) = kept(question, pricing) else { return .null }
        members["lines"] = .array(
            (question["lines"]?.array ?? []).map { kept($0, ["tier", "publisher_id", "count", "price"]) }
        )
        return .object(members)
    }

    private static let pricing = [
        "site_id", "package", "links", "niche", "niche_surcharge", "surcharge_note", "pricing", "price",
        "expected_cost",
    ]
}
