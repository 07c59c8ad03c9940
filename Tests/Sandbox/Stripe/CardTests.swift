import Testing

@testable import Sandbox

@Suite struct CardTests {
    @Test(
        "each declining token declines with its own reason",
        arguments: [
            ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
            ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
            ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
            ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
            ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        ]
    )
    func declines(_ token: String, _ code: String, _ reason: String) throws {
        let card = try #require(TestCard.named(token))
        guard case .declined(let decline) = CardNetwork.charge(card, .init(offSession: true)) else {
            Issue.record("\(token) was not declined")
            return
        }
        #expect(decline.code == code)
        #expect(decline.declineCode == reason)
    }

    @Test(
        "good cards are approved, on and off session",
        arguments: ["pm_card_visa", "pm_card_mastercard", "pm_card_amex"]
    )
    func approves(_ token: String) throws {
        let card = try #require(TestCard.named(token))
        #expect(CardNetwork.charge(card, .init(offSession: true)) == .approved)
        #expect(CardNetwork.charge(card, .init()) == .approved)
        #expect(CardNetwork.setUp(card, authenticated: false) == .approved)
    }

    @Test("3-D Secure is declined off session, asked for on session, and approved once passed")
    func authentication() throws {
        let card = try #require(TestCard.named("pm_card_authenticationRequired"))
        #expect(CardNetwork.charge(card, .init(offSession: true)) == .declined(.authenticationRequired))
        #expect(CardNetwork.charge(card, .init()) == .needsAuthentication)
        #expect(CardNetwork.charge(card, .init(authenticated: true)) == .approved)
    }

    @Test("a card authenticated when it was saved may be charged off session")
    func authenticatedAtSetup() throws {
        let card = try #require(TestCard.named("pm_card_authenticationRequiredOnSetup"))
        #expect(CardNetwork.setUp(card, authenticated: false) == .needsAuthentication)
        #expect(CardNetwork.charge(card, .init(offSession: true)) == .declined(.authenticationRequired))
        #expect(CardNetwork.charge(card, .init(offSession: true, savedForLater: true)) == .approved)
    }

    @Test("tokens, numbers and fingerprints name one card each")
    func identity() {
        #expect(Set(TestCard.all.map(\.token)).count == TestCard.all.count)
        #expect(Set(TestCard.all.map(\.number)).count == TestCard.all.count)
        #expect(Set(TestCard.all.map(\.fingerprint)).count == TestCard.all.count)
        #expect(TestCard.numbered("4242 4242 4242 4242")?.token == "pm_card_visa")
        #expect(TestCard.named("pm_card_nonsense") == nil)
    }

    @Test("the fee is 2.9 % and 30", arguments: [(10_000, 320), (39_900, 1_187), (50, 31), (20, 20)])
    func fee(_ amount: Int64, _ fee: Int64) {
        #expect(ProcessingFee.of(amount: amount) == fee)
    }

    @Test("a card is good through the end of its month")
    func expiry() throws {
        let card = try #require(TestCard.named("pm_card_visa"))
        let lastSecondOfSeptember: Int64 = 1_790_812_799
        #expect(UnixDay.month(of: lastSecondOfSeptember) == (2026, 9))
        let method = PaymentMethod(of: card, at: 0, expiring: (9, 2026))
        #expect(!method.isExpired(at: lastSecondOfSeptember))
        #expect(method.isExpired(at: lastSecondOfSeptember + 1))
    }
}
