/// What Stripe keeps of a charge: 2.9 % and 30 of the minor unit, rounded half up, as its published US card price.
enum ProcessingFee {
    static func of(amount: Int64) -> Int64 {
        min(amount, (amount * 29 + 500) / 1000 + 30)
    }
}
