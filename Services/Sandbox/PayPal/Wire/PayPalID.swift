/// Ids as PayPal makes them: 17 capital letters and digits, with or without a prefix.
enum PayPalID {
    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRSTUVWXY")

    static func make(_ prefix: String = "", length: Int = 17) -> String {
        prefix + String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }
}
