/// What may become of an invoice: pure, so that an illegal step is refused before anything is written.
extension Invoice {
    mutating func add(_ item: InvoiceItem) throws(StripeError) {
        try requireDraft()
        guard item.currency == currency else {
            throw .state(
                "The currency of the invoice item (\(item.currency)) must match the invoice's (\(currency)).",
                param: "currency"
            )
        }
        lines.data.append(InvoiceLine(item, of: id))
        recount()
    }

    mutating func replaceLine(of item: InvoiceItem) throws(StripeError) {
        try requireDraft()
        guard let index = lines.data.firstIndex(where: { $0.parent.invoiceItemDetails.invoiceItem == item.id }) else {
            return
        }
        var line = InvoiceLine(item, of: id)
        line.id = lines.data[index].id
        lines.data[index] = line
        recount()
    }

    mutating func removeLine(of item: InvoiceItem) throws(StripeError) {
        try requireDraft()
        lines.data.removeAll { $0.parent.invoiceItemDetails.invoiceItem == item.id }
        recount()
    }

    func requireDraft() throws(StripeError) {
        guard status == .draft else {
            throw .state(
                "This invoice is no longer editable: its status is \(status.rawValue).",
                code: "invoice_not_editable"
            )
        }
    }

    private mutating func recount() {
        subtotal = lines.data.reduce(0) { $0 + $1.amount }
        subtotalExcludingTax = subtotal
        total = subtotal
        totalExcludingTax = subtotal
        lines.totalCount = lines.data.count
        amountDue = max(0, total)
        amountRemaining = amountDue
    }

    /// Freezes the amounts; the customer's balance is applied, and what is left of it handed back.
    /// - Returns: the customer's balance after it.
    mutating func finalize(number: String, balance: Int64, at now: Int64) throws(StripeError) -> Int64 {
        guard status == .draft else {
            throw .state("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
        }
        self.number = self.number ?? number
        status = .open
        effectiveAt = effectiveAt ?? now
        statusTransitions.finalizedAt = now
        startingBalance = balance
        let owed = total + balance
        var left: Int64 = 0
        amountDue = max(0, owed)
        if owed < 0 { left = owed }
        if amountDue > 0, amountDue < CurrencyMinimum.of(currency) {
            left = amountDue
            amountDue = 0
        }
        amountRemaining = amountDue
        endingBalance = left
        if amountDue == 0 { markPaid(amount: 0, at: now) }
        return left
    }

    func requirePayable() throws(StripeError) {
        switch status {
        case .open, .uncollectible: return
        case .draft: throw .state("This invoice is a draft. Finalize it before it is paid.")
        case .paid: throw .state("Invoice is already paid", code: "invoice_already_paid")
        case .void: throw .state("This invoice is voided and cannot be paid.")
        }
    }

    mutating func markAttempted() {
        attemptCount += 1
        attempted = true
    }

    mutating func markPaid(amount: Int64, at now: Int64) {
        status = .paid
        amountPaid += amount
        amountRemaining = max(0, amountDue - amountPaid)
        attempted = true
        statusTransitions.paidAt = now
    }

    mutating func void(at now: Int64) throws(StripeError) {
        guard status == .open || status == .uncollectible else {
            throw .state("You can only void an open or uncollectible invoice: this one is \(status.rawValue).")
        }
        status = .void
        statusTransitions.voidedAt = now
    }

    mutating func markUncollectible(at now: Int64) throws(StripeError) {
        guard status == .open else {
            throw .state("You can only mark an open invoice as uncollectible: this one is \(status.rawValue).")
        }
        status = .uncollectible
        statusTransitions.markedUncollectibleAt = now
    }
}

/// The smallest amount a card is charged, in minor units; less is moved to the customer's balance.
enum CurrencyMinimum {
    private static let known: [String: Int64] = [
        "usd": 50, "eur": 50, "cad": 50, "aud": 50, "gbp": 30, "chf": 50, "jpy": 50, "inr": 50, "aed": 200,
    ]

    static func of(_ currency: String) -> Int64 { known[currency] ?? 50 }
}
