/// Ids as Stripe makes them: a prefix that says what it is, and 24 random characters.
enum StripeID {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    static func make(_ prefix: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return make(prefix, using: &generator)
    }

    static func make(_ prefix: String, using generator: inout some RandomNumberGenerator) -> String {
        prefix + "_" + String((0..<24).map { _ in alphabet[Int.random(in: 0..<62, using: &generator)] })
    }
}
