/// One balanced entry of the ledger: it cannot be made unless its lines add up to zero in each currency (spec 9.2).
public struct LedgerEntry: Hashable, Sendable {
    /// What happened.
    public let kind: LedgerEntryKind
    /// Names the event once and for all, `invoice_issued:IG-2026-000001`: the database takes each key once, so that an
    /// event that arrives twice is booked once.
    public let key: String
    /// The day it counts for, in the account's zone.
    public let effectiveOn: CalendarDay
    /// What it belongs to.
    public let tags: LedgerTags
    /// At least two, adding up to zero in each currency, none of them zero.
    public let lines: [LedgerLine]

    /// Makes an entry; lines of zero are left out.
    /// - Throws: ``LedgerError``.
    public init(
        kind: LedgerEntryKind,
        key: String,
        effectiveOn: CalendarDay,
        tags: LedgerTags,
        lines: [LedgerLine]
    ) throws(LedgerError) {
        let lines = lines.filter { !$0.amount.isZero }
        guard lines.count >= 2 else { throw .tooFewLines }
        var sums: [Currency: Int128] = [:]
        for line in lines { sums[line.amount.currency, default: 0] += Int128(line.amount.minor) }
        if let open = sums.filter({ $0.value != 0 }).min(by: { $0.key.code < $1.key.code }) {
            throw .unbalanced(open.key)
        }
        self.kind = kind
        self.key = key
        self.effectiveOn = effectiveOn
        self.tags = tags
        self.lines = lines
    }

    private init(reversing entry: LedgerEntry, kind: LedgerEntryKind, key: String, on day: CalendarDay) {
        self.kind = kind
        self.key = key
        effectiveOn = day
        tags = entry.tags
        lines = entry.lines.map { LedgerLine($0.account, -$0.amount) }
    }

    /// The entry that takes this one back: a correction is never an edit.
    public func reversed(as kind: LedgerEntryKind = .reversal, key: String? = nil, on day: CalendarDay) -> LedgerEntry {
        LedgerEntry(reversing: self, kind: kind, key: key ?? "reversal:\(self.key)", on: day)
    }
}

/// One side of an entry: positive is debit, negative is credit.
public struct LedgerLine: Hashable, Sendable {
    /// Where.
    public let account: LedgerAccount
    /// How much, signed.
    public let amount: Money

    /// A signed line.
    public init(_ account: LedgerAccount, _ amount: Money) {
        self.account = account
        self.amount = amount
    }

    /// On the left side.
    public static func debit(_ account: LedgerAccount, _ amount: Money) -> LedgerLine { LedgerLine(account, amount) }

    /// On the right side.
    public static func credit(_ account: LedgerAccount, _ amount: Money) -> LedgerLine { LedgerLine(account, -amount) }
}

/// What an entry belongs to, so that every figure opens to its rows.
public struct LedgerTags: Hashable, Sendable {
    /// Whose money.
    public var accountID: Account.ID
    /// For which site.
    public var siteID: Site.ID?
    /// For which managed subscription.
    public var subscriptionID: ManagedSubscription.ID?
    /// On which invoice.
    public var invoiceID: Invoice.ID?
    /// By which payment.
    public var paymentID: Payment.ID?
    /// By which credit note.
    public var creditNoteID: CreditNote.ID?
    /// By which refund.
    public var refundID: Refund.ID?
    /// For which backlink order.
    public var orderID: BacklinkOrder.ID?
    /// For which link.
    public var backlinkID: Backlink.ID?

    /// Tags an entry.
    public init(
        accountID: Account.ID,
        siteID: Site.ID? = nil,
        subscriptionID: ManagedSubscription.ID? = nil,
        invoiceID: Invoice.ID? = nil,
        paymentID: Payment.ID? = nil,
        creditNoteID: CreditNote.ID? = nil,
        refundID: Refund.ID? = nil,
        orderID: BacklinkOrder.ID? = nil,
        backlinkID: Backlink.ID? = nil
    ) {
        self.accountID = accountID
        self.siteID = siteID
        self.subscriptionID = subscriptionID
        self.invoiceID = invoiceID
        self.paymentID = paymentID
        self.creditNoteID = creditNoteID
        self.refundID = refundID
        self.orderID = orderID
        self.backlinkID = backlinkID
    }
}

/// What can be booked.
public enum LedgerEntryKind: String, CaseIterable, Sendable, Codable {
    case invoiceIssued = "invoice_issued"
    case invoicePaid = "invoice_paid"
    case invoiceVoided = "invoice_voided"
    case invoiceWrittenOff = "invoice_written_off"
    case revenueEarned = "revenue_earned"
    case creditNote = "credit_note"
    case refund
    case disputeOpened = "dispute_opened"
    case disputeWon = "dispute_won"
    case disputeLost = "dispute_lost"
    case disputeFee = "dispute_fee"
    case costIncurred = "cost_incurred"
    case reversal
}

/// Why an entry cannot be made.
public enum LedgerError: Error, Hashable, Sendable {
    /// The lines of this currency do not add up to zero.
    case unbalanced(Currency)
    /// An entry needs two sides.
    case tooFewLines
}
