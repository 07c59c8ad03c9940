struct PaymentMethod: StripeObject {
    static let kind = "payment_method"
    static let idPrefix = "pm"
    static let title = "PaymentMethod"

    struct BillingDetails: Codable, Sendable, Hashable {
        @Nullable var address: PostalAddress? = PostalAddress()
        @Nullable var email: String? = nil
        @Nullable var name: String? = nil
        @Nullable var phone: String? = nil
        @Nullable var taxId: String? = nil
    }

    struct Card: Codable, Sendable, Hashable {
        struct Checks: Codable, Sendable, Hashable {
            @Nullable var addressLine1Check: String? = nil
            @Nullable var addressPostalCodeCheck: String? = nil
            @Nullable var cvcCheck: String? = "pass"
        }

        struct Networks: Codable, Sendable, Hashable {
            var available: [String]
            @Nullable var preferred: String? = nil
        }

        struct ThreeDSecureUsage: Codable, Sendable, Hashable {
            var supported = true
        }

        var brand: String
        var checks = Checks()
        var country: String
        var displayBrand: String
        var expMonth: Int64
        var expYear: Int64
        var fingerprint: String
        var funding: String
        @Nullable var generatedFrom: EmptyObject? = nil
        var last4: String
        var networks: Networks
        var regulatedStatus = "unregulated"
        var threeDSecureUsage = ThreeDSecureUsage()
        @Nullable var wallet: EmptyObject? = nil
    }

    var id: String
    var object = Self.kind
    var allowRedisplay = "unspecified"
    var billingDetails = BillingDetails()
    var card: Card
    var created: Int64
    @Nullable var customer: String? = nil
    var livemode = false
    var metadata: [String: String] = [:]
    var type = "card"

    var links: StripeLinks { StripeLinks(customer: customer) }

    /// The plastic behind it, found again by its fingerprint.
    var testCard: TestCard? { TestCard.fingerprinted(card.fingerprint) }
}

extension PaymentMethod {
    init(of card: TestCard, at now: Int64, expiring expiry: (month: Int64, year: Int64)? = nil) {
        self.init(
            id: StripeID.make(Self.idPrefix),
            card: Card(
                brand: card.brand,
                country: card.country,
                displayBrand: card.brand,
                expMonth: expiry?.month ?? 11,
                expYear: expiry?.year ?? UnixDay.month(of: now).year + 3,
                fingerprint: card.fingerprint,
                funding: card.funding,
                last4: card.last4,
                networks: Card.Networks(available: [card.brand])
            ),
            created: now
        )
    }
}

extension PaymentMethod {
    /// Its month is over: every bank refuses it then, whatever card it is.
    func isExpired(at now: Int64) -> Bool {
        let today = UnixDay.month(of: now)
        return (card.expYear, card.expMonth) < (today.year, today.month)
    }
}
