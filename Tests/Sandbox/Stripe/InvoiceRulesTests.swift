import Testing

@testable import Sandbox

@Suite struct InvoiceRulesTests {
    private func draft(_ amounts: Int64...) throws -> Invoice {
        var invoice = Invoice(
            id: "in_1",
            collectionMethod: .chargeAutomatically,
            created: 0,
            currency: "usd",
            customer: "cus_1",
            lines: .init(url: "/v1/invoices/in_1/lines"),
            periodEnd: 0,
            periodStart: 0
        )
        for amount in amounts { try invoice.add(item(amount)) }
        return invoice
    }

    private func item(_ amount: Int64, currency: String = "usd") -> InvoiceItem {
        InvoiceItem(
            id: StripeID.make("ii"),
            amount: amount,
            currency: currency,
            customer: "cus_1",
            date: 0,
            invoice: "in_1",
            netAmount: amount,
            period: .init(end: 0, start: 0),
            pricing: .init(unitAmountDecimal: "\(amount)"),
            quantity: 1
        )
    }

    @Test("lines add up, credits included")
    func totals() throws {
        let invoice = try draft(10_000, 550, -550)
        #expect(invoice.total == 10_000)
        #expect(invoice.amountDue == 10_000)
        #expect(invoice.lines.totalCount == 3)
    }

    @Test("a finalized invoice takes no more lines and is not finalized again")
    func frozen() throws {
        var invoice = try draft(10_000)
        _ = try invoice.finalize(number: "A-0001", balance: 0, at: 5)
        #expect(invoice.status == .open)
        let error = #expect(throws: StripeError.self) { try invoice.add(item(1)) }
        #expect(error?.code == "invoice_not_editable")
        #expect(throws: StripeError.self) { try invoice.finalize(number: "A-0002", balance: 0, at: 6) }
        #expect(invoice.amountDue == 10_000)
    }

    @Test("less than the currency's minimum is paid and goes to the customer's balance")
    func minimum() throws {
        var invoice = try draft(49)
        #expect(try invoice.finalize(number: "A-0001", balance: 0, at: 5) == 49)
        #expect(invoice.status == .paid)
        var next = try draft(100)
        #expect(try next.finalize(number: "A-0002", balance: 49, at: 6) == 0)
        #expect(next.amountDue == 149)
    }

    @Test("a credit balance lowers what is due, and what is left of it stays")
    func credit() throws {
        var invoice = try draft(10_000)
        #expect(try invoice.finalize(number: "A-0001", balance: -4_000, at: 5) == 0)
        #expect(invoice.amountDue == 6_000)
        var small = try draft(1_000)
        #expect(try small.finalize(number: "A-0002", balance: -4_000, at: 5) == -3_000)
        #expect(small.status == .paid)
    }

    @Test("each status allows its own steps only")
    func transitions() throws {
        var invoice = try draft(10_000)
        #expect(throws: StripeError.self) { try invoice.requirePayable() }
        #expect(throws: StripeError.self) { try invoice.void(at: 1) }
        _ = try invoice.finalize(number: "A-0001", balance: 0, at: 5)
        try invoice.markUncollectible(at: 6)
        try invoice.requirePayable()
        #expect(throws: StripeError.self) { try invoice.markUncollectible(at: 7) }
        try invoice.void(at: 8)
        #expect(throws: StripeError.self) { try invoice.requirePayable() }
    }

    @Test("a line in another currency is refused")
    func currency() throws {
        var invoice = try draft()
        #expect(throws: StripeError.self) { try invoice.add(item(100, currency: "gbp")) }
    }

    @Test(
        "unit prices below the minor unit are exact and rounded once",
        arguments: [("15", 3, 45), ("0.5", 3, 2), ("0.4999", 3, 1), ("1.5025", 1000, 1503), ("-0.5", 3, -2)]
    )
    func unitAmounts(_ unit: String, _ quantity: Int64, _ total: Int64) throws {
        #expect(try #require(UnitAmount(unit)).total(quantity: quantity) == total)
    }

    @Test("what is no decimal is no price", arguments: ["", "1.", ".5", "1e3", "0x1", "1.0000000000001", "--1"])
    func noPrice(_ text: String) {
        #expect(UnitAmount(text) == nil)
    }

    @Test("no field that basil removed is written, and unset ones are null")
    func wire() throws {
        let json = try StripeJSON.value(from: StripeJSON.encode(try draft(10_000)))
        guard case .object(let fields) = json else {
            Issue.record("an invoice is an object")
            return
        }
        for removed in [
            "subscription", "payment_intent", "charge", "paid", "paid_out_of_band", "tax", "total_tax_amounts",
            "discount", "quote", "application_fee_amount",
        ] {
            #expect(fields[removed] == nil, "\(removed)")
        }
        #expect(fields["due_date"] == .null)
        #expect(fields["amount_due"] == .integer(10_000))
        #expect(
            fields["status_transitions"]
                == .object([
                    "finalized_at": .null, "marked_uncollectible_at": .null, "paid_at": .null, "voided_at": .null,
                ])
        )
    }

    @Test("what was written is read again, metadata with its own spelling")
    func roundTrip() throws {
        var invoice = try draft(10_000)
        invoice.metadata = ["Order_ID": "7", "camelCase": "x", "snake_case": "y"]
        let read = try StripeJSON.decode(Invoice.self, from: StripeJSON.encode(invoice))
        #expect(read.metadata == invoice.metadata)
        #expect(read.lines.data.first?.amount == 10_000)
        let method = PaymentMethod(of: try #require(TestCard.named("pm_card_visa")), at: 0)
        let again = try StripeJSON.decode(PaymentMethod.self, from: StripeJSON.encode(method))
        #expect(again.card == method.card)
        #expect(again.testCard?.token == "pm_card_visa")
    }
}
