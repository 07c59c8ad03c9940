import DomainModel

/// A decimal string with its currency; more decimals than the currency has are refused, as PayPal does.
struct PayPalAmount: Codable, Hashable, Sendable {
    var currencyCode: String
    var value: String

    init(currencyCode: String, value: String) {
        self.currencyCode = currencyCode
        self.value = value
    }

    init(minor: Int64, like other: PayPalAmount) throws {
        let currency = try other.money().currency
        self.init(currencyCode: currency.code, value: Money(minor: minor, currency: currency).decimalString)
    }

    func money() throws(PayPalError) -> Money {
        guard let currency = Currency(code: currencyCode), currency.code == currencyCode else {
            throw .invalid("INVALID_CURRENCY_CODE", "Currency code is invalid or is not currently supported.")
        }
        guard let money = try? Money(decimal: value, currency: currency) else {
            throw .unprocessable("DECIMAL_PRECISION", "The value of the field has more decimals than its currency.")
        }
        return money
    }

    /// 3.49 % and 49 of the minor unit, rounded half up, as PayPal's published US price.
    static func fee(of amount: Int64) -> Int64 { min(amount, (amount * 349 + 5_000) / 10_000 + 49) }
}
