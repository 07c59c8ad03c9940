/// How each money event is booked: the only place where accounts are chosen (spec 9.2).
///
/// What is billed for days of service is deferred until those days are over; what is sold without days is earned at
/// issue. So cash, billed and earned are three columns (spec 9.11), and a credit for days that were never served takes
/// nothing back that had been counted as revenue.
extension LedgerEntry {
    /// Receivable up; what its days will earn deferred, the rest revenue by line; tax up.
    public static func issued(_ invoice: Invoice, on day: CalendarDay) throws -> LedgerEntry {
        var lines = [LedgerLine.debit(.receivable, invoice.total)]
        lines += invoice.lines.map { .credit($0.served == nil ? $0.kind.revenueAccount : .deferredRevenue, $0.net) }
        lines.append(.credit(.taxPayable, invoice.tax))
        return try LedgerEntry(
            kind: .invoiceIssued,
            key: "invoice_issued:\(name(of: invoice))",
            effectiveOn: day,
            tags: tags(of: invoice),
            lines: lines
        )
    }

    /// The invoice's days are over: what was deferred for them, less what has been credited, becomes revenue.
    /// - Returns: nil when nothing of it is left.
    public static func earned(
        _ invoice: Invoice,
        less credits: [CreditNoteLine] = [],
        on day: CalendarDay
    ) throws -> LedgerEntry? {
        let left = try Creditable(invoice, less: credits).lines.filter { $0.isPeriod && !$0.net.isZero }
        guard !left.isEmpty else { return nil }
        return try LedgerEntry(
            kind: .revenueEarned,
            key: "revenue_earned:\(name(of: invoice))",
            effectiveOn: day,
            tags: tags(of: invoice),
            lines: left.flatMap {
                [LedgerLine.debit(.deferredRevenue, $0.net), .credit($0.kind.revenueAccount, $0.net)]
            }
        )
    }

    /// Cash up by what the gateway passes on, its fee as a cost, receivable down. Money that comes for an invoice
    /// already written off recovers bad debt instead; what comes beyond what is due is owed to the customer.
    public static func paid(
        _ invoice: Invoice,
        with payment: Payment,
        wasWrittenOff: Bool = false,
        on day: CalendarDay
    ) throws -> LedgerEntry {
        let fee = payment.fee ?? .zero(payment.amount.currency)
        return try LedgerEntry(
            kind: .invoicePaid,
            key: "invoice_paid:\(payment.idempotencyKey)",
            effectiveOn: day,
            tags: tags(of: invoice, paymentID: payment.id),
            lines: [
                .debit(payment.kind.cashAccount, try payment.amount - fee),
                .debit(.gatewayFees, fee),
                .credit(wasWrittenOff ? .badDebt : .receivable, try payment.amount - payment.excess),
                .credit(.customerCredit, payment.excess),
            ]
        )
    }

    /// Revenue and tax down, or what is still deferred; receivable down by what lowered the due (bad debt, once it has
    /// been written off), the rest is owed to the customer.
    public static func credited(_ note: CreditNote, on invoice: Invoice, on day: CalendarDay) throws -> LedgerEntry {
        let lines = note.lines.map { line in
            let isDeferred = invoice.earnedOn == nil && invoice.lines[line.position - 1].served != nil
            return LedgerLine.debit(isDeferred ? .deferredRevenue : line.kind.revenueAccount, line.net)
        }
        return try LedgerEntry(
            kind: .creditNote,
            key: "credit_note:\(note.number)",
            effectiveOn: day,
            tags: tags(of: invoice, creditNoteID: note.id),
            lines: lines + [
                .debit(.taxPayable, note.tax),
                .credit(invoice.status == .uncollectible ? .badDebt : .receivable, note.appliedToDue),
                .credit(.customerCredit, note.excess),
            ]
        )
    }

    /// Cash down; up goes what is owed to the customer less, when a credit note stands behind it, else refunds.
    public static func refunded(
        _ refund: Refund,
        of payment: Payment,
        againstCustomerCredit: Bool = false,
        tags: LedgerTags,
        reference: String,
        on day: CalendarDay
    ) throws(LedgerError) -> LedgerEntry {
        try LedgerEntry(
            kind: .refund,
            key: "refund:\(reference)",
            effectiveOn: day,
            tags: tags,
            lines: [
                .debit(againstCustomerCredit ? .customerCredit : .refunds, refund.amount),
                .credit(payment.kind.cashAccount, refund.amount),
            ]
        )
    }

    /// What is due becomes bad debt.
    public static func writtenOff(
        _ invoice: Invoice,
        due: Money,
        on day: CalendarDay
    ) throws -> LedgerEntry {
        try LedgerEntry(
            kind: .invoiceWrittenOff,
            key: "invoice_written_off:\(name(of: invoice))",
            effectiveOn: day,
            tags: tags(of: invoice),
            lines: [.debit(.badDebt, due), .credit(.receivable, due)]
        )
    }

    /// The issue taken back, and what had been earned by it.
    public static func voided(_ invoice: Invoice, on day: CalendarDay) throws -> [LedgerEntry] {
        let issue = try issued(invoice, on: day)
            .reversed(as: .invoiceVoided, key: "invoice_voided:\(name(of: invoice))", on: day)
        let earning = invoice.earnedOn == nil ? nil : try earned(invoice, on: day)?.reversed(on: day)
        return [issue] + (earning.map { [$0] } ?? [])
    }

    /// A disputed charge: the gateway takes the money back until it is decided.
    public static func disputeOpened(
        _ amount: Money,
        of payment: Payment,
        dispute reference: String,
        tags: LedgerTags,
        on day: CalendarDay
    ) throws(LedgerError) -> LedgerEntry {
        try LedgerEntry(
            kind: .disputeOpened,
            key: "dispute_opened:\(reference)",
            effectiveOn: day,
            tags: tags,
            lines: [.debit(.disputes, amount), .credit(payment.kind.cashAccount, amount)]
        )
    }

    /// What the gateway keeps for a dispute, whoever wins it.
    public static func disputeFee(
        _ fee: Money,
        of payment: Payment,
        dispute reference: String,
        tags: LedgerTags,
        on day: CalendarDay
    ) throws(LedgerError) -> LedgerEntry {
        try LedgerEntry(
            kind: .disputeFee,
            key: "dispute_fee:\(reference)",
            effectiveOn: day,
            tags: tags,
            lines: [.debit(.gatewayFees, fee), .credit(payment.kind.cashAccount, fee)]
        )
    }

    /// A dispute decided for us: the money is back.
    public static func disputeWon(
        _ amount: Money,
        of payment: Payment,
        dispute reference: String,
        tags: LedgerTags,
        on day: CalendarDay
    ) throws(LedgerError) -> LedgerEntry {
        try disputeOpened(amount, of: payment, dispute: reference, tags: tags, on: day)
            .reversed(as: .disputeWon, key: "dispute_won:\(reference)", on: day)
    }

    /// A dispute decided against us: what it took is lost.
    public static func disputeLost(
        _ amount: Money,
        dispute reference: String,
        tags: LedgerTags,
        on day: CalendarDay
    ) throws(LedgerError) -> LedgerEntry {
        try LedgerEntry(
            kind: .disputeLost,
            key: "dispute_lost:\(reference)",
            effectiveOn: day,
            tags: tags,
            lines: [.debit(.badDebt, amount), .credit(.disputes, amount)]
        )
    }

    private static func name(of invoice: Invoice) -> String {
        invoice.number?.description ?? "draft-\(invoice.id)"
    }

    private static func tags(
        of invoice: Invoice,
        paymentID: Payment.ID? = nil,
        creditNoteID: CreditNote.ID? = nil
    ) -> LedgerTags {
        LedgerTags(
            accountID: invoice.accountID,
            siteID: invoice.lines.first?.siteID,
            subscriptionID: invoice.subscriptionID,
            invoiceID: invoice.id,
            paymentID: paymentID,
            creditNoteID: creditNoteID
        )
    }
}
