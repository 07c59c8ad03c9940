/// A test card and how its bank behaves.
struct TestCard: Hashable, Sendable {
    enum Conduct: Hashable, Sendable {
        case approves
        /// Refuses every charge; `atSetup`: refuses to be saved by a set-up intent as well.
        case declines(Decline, atSetup: Bool)
        /// Asks for 3-D Secure at every charge, whatever was agreed before.
        case authenticatesAlways
        /// Asks for 3-D Secure once, when it is saved; charges off session then pass.
        case authenticatesAtSetup
        /// Asks for 3-D Secure, and declines when that is done.
        case authenticatesThenDeclines(Decline)
        /// Approves, and the holder disputes the charge.
        case disputes
        /// Approves; a refund of it fails.
        case refusesRefunds
    }

    var token: String
    var number: String
    var brand: String
    var country: String = "US"
    var funding: String = "credit"
    var conduct: Conduct = .approves

    var last4: String { String(number.suffix(4)) }

    /// The same number has the same fingerprint, in every payment method made of it: FNV-1a over the digits.
    var fingerprint: String {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in number.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(
            (0..<16).map { _ in
                hash = hash &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(hash >> 33) % alphabet.count]
            }
        )
    }
}

extension TestCard {
    static func named(_ token: String) -> TestCard? { byToken[aliases[token] ?? token] }

    static func numbered(_ number: String) -> TestCard? {
        all.first { $0.number == number.filter(\.isNumber) }
    }

    static func fingerprinted(_ fingerprint: String) -> TestCard? { byFingerprint[fingerprint] }

    private static let byToken = Dictionary(uniqueKeysWithValues: all.map { ($0.token, $0) })
    private static let byFingerprint = Dictionary(
        all.map { ($0.fingerprint, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// Stripe spells some with `visa_` and some without; both are understood.
    private static let aliases = [
        "pm_card_chargeDeclined": "pm_card_visa_chargeDeclined",
        "pm_card_chargeDeclinedInsufficientFunds": "pm_card_visa_chargeDeclinedInsufficientFunds",
        "pm_card_chargeDeclinedLostCard": "pm_card_visa_chargeDeclinedLostCard",
        "pm_card_chargeDeclinedStolenCard": "pm_card_visa_chargeDeclinedStolenCard",
        "pm_card_visa_chargeDeclinedExpiredCard": "pm_card_chargeDeclinedExpiredCard",
        "pm_card_visa_chargeDeclinedIncorrectCvc": "pm_card_chargeDeclinedIncorrectCvc",
        "pm_card_visa_chargeDeclinedProcessingError": "pm_card_chargeDeclinedProcessingError",
        "pm_card_visa_chargeDeclinedFraudulent": "pm_card_chargeDeclinedFraudulent",
        "pm_card_chargeDeclinedVelocityLimitExceeded": "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        "pm_card_us": "pm_card_visa",
        "pm_card_threeDSecure2Required": "pm_card_threeDSecureRequired",
    ]

    static let all: [TestCard] = [
        TestCard(token: "pm_card_visa", number: "4242424242424242", brand: "visa"),
        TestCard(token: "pm_card_visa_debit", number: "4000056655665556", brand: "visa", funding: "debit"),
        TestCard(token: "pm_card_mastercard", number: "5555555555554444", brand: "mastercard"),
        TestCard(token: "pm_card_mastercard_debit", number: "5200828282828210", brand: "mastercard", funding: "debit"),
        TestCard(token: "pm_card_amex", number: "378282246310005", brand: "amex"),
        TestCard(token: "pm_card_discover", number: "6011111111111117", brand: "discover"),
        TestCard(token: "pm_card_diners", number: "3056930009020004", brand: "diners"),
        TestCard(token: "pm_card_jcb", number: "3566002020360505", brand: "jcb", country: "JP"),
        TestCard(token: "pm_card_unionpay", number: "6200000000000005", brand: "unionpay", country: "CN"),
        TestCard(token: "pm_card_gb", number: "4000008260000000", brand: "visa", country: "GB"),
        TestCard(token: "pm_card_ca", number: "4000001240000000", brand: "visa", country: "CA"),
        TestCard(token: "pm_card_pk", number: "4000005860000003", brand: "visa", country: "PK"),
        declining("pm_card_visa_chargeDeclined", "4000000000000002", .generic),
        declining("pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995", .insufficientFunds, saves: true),
        declining("pm_card_visa_chargeDeclinedLostCard", "4000000000009987", .lost),
        declining("pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", .stolen),
        declining("pm_card_chargeDeclinedExpiredCard", "4000000000000069", .expired),
        declining("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", .incorrectCVC),
        declining("pm_card_chargeDeclinedProcessingError", "4000000000000119", .processing),
        declining("pm_card_chargeDeclinedFraudulent", "4100000000000019", .fraudulent),
        declining("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975", .velocity, saves: true),
        declining("pm_card_chargeCustomerFail", "4000000000000341", .generic, saves: true),
        TestCard(
            token: "pm_card_authenticationRequired",
            number: "4000002760003184",
            brand: "visa",
            conduct: .authenticatesAlways
        ),
        TestCard(
            token: "pm_card_authenticationRequiredOnSetup",
            number: "4000002500003155",
            brand: "visa",
            conduct: .authenticatesAtSetup
        ),
        TestCard(
            token: "pm_card_threeDSecureRequired",
            number: "4000000000003220",
            brand: "visa",
            conduct: .authenticatesAlways
        ),
        TestCard(
            token: "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
            number: "4000008260003178",
            brand: "visa",
            country: "GB",
            conduct: .authenticatesThenDeclines(.insufficientFunds)
        ),
        TestCard(token: "pm_card_createDispute", number: "4000000000000259", brand: "visa", conduct: .disputes),
        TestCard(token: "pm_card_refundFail", number: "4000000000005126", brand: "visa", conduct: .refusesRefunds),
    ]

    private static func declining(
        _ token: String,
        _ number: String,
        _ decline: Decline,
        saves: Bool = false
    ) -> TestCard {
        TestCard(token: token, number: number, brand: "visa", conduct: .declines(decline, atSetup: !saves))
    }
}
