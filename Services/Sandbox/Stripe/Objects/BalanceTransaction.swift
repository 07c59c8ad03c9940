/// What moved on the merchant's balance: from here the ledger learns what the gateway kept.
struct BalanceTransaction: StripeObject {
    static let kind = "balance_transaction"
    static let idPrefix = "txn"

    struct FeeDetail: Codable, Sendable {
        var amount: Int64
        @Nullable var application: String? = nil
        var currency: String
        var description = "Stripe processing fees"
        var type = "stripe_fee"
    }

    var id: String
    var object = Self.kind
    var amount: Int64
    var availableOn: Int64
    var balanceType = "payments"
    var created: Int64
    var currency: String
    @Nullable var description: String? = nil
    @Nullable var exchangeRate: Double? = nil
    var fee: Int64
    var feeDetails: [FeeDetail]
    var net: Int64
    var reportingCategory: String
    var source: String
    var status = "pending"
    var type: String

    /// Listed by its source, whatever that is.
    var links: StripeLinks { StripeLinks(charge: source, status: type) }
}

extension BalanceTransaction {
    /// Funds are available two days after a charge.
    private static let settling = 2 * UnixDay.seconds

    init(charge: Charge, at now: Int64) {
        let fee = ProcessingFee.of(amount: charge.amountCaptured)
        self.init(
            id: StripeID.make(Self.idPrefix),
            amount: charge.amountCaptured,
            availableOn: now + Self.settling,
            created: now,
            currency: charge.currency,
            description: charge.description,
            fee: fee,
            feeDetails: [FeeDetail(amount: fee, currency: charge.currency)],
            net: charge.amountCaptured - fee,
            reportingCategory: "charge",
            source: charge.id,
            type: "charge"
        )
    }

    /// Stripe keeps the fee of what is given back.
    init(refund: Refund, at now: Int64) {
        self.init(
            id: StripeID.make(Self.idPrefix),
            amount: -refund.amount,
            availableOn: now,
            created: now,
            currency: refund.currency,
            description: "REFUND FOR CHARGE",
            fee: 0,
            feeDetails: [],
            net: -refund.amount,
            reportingCategory: "refund",
            source: refund.id,
            type: "refund"
        )
    }

    /// A dispute takes the amount and a fee of 15.00 at once.
    init(dispute: Dispute, at now: Int64) {
        let fee: Int64 = 1_500
        self.init(
            id: StripeID.make(Self.idPrefix),
            amount: -dispute.amount,
            availableOn: now,
            created: now,
            currency: dispute.currency,
            description: "Chargeback withdrawal for \(dispute.charge)",
            fee: fee,
            feeDetails: [FeeDetail(amount: fee, currency: dispute.currency, description: "Dispute fee")],
            net: -dispute.amount - fee,
            reportingCategory: "dispute",
            source: dispute.id,
            type: "adjustment"
        )
    }

    /// A dispute that is won gives the amount back; the fee stays.
    mutating func reverse() {
        amount = -amount
        description = description.map { $0.replacing("withdrawal", with: "reversal") }
        fee = 0
        feeDetails = []
        net = amount
    }
}
