import DomainModel
import Foundation
import Testing

/// A client's random financial life, booked by the posting rules.
struct RandomBooks {
    private(set) var balances: [LedgerAccount: Int64] = [:]
    private(set) var refundsOwed: Int64 = 0
    private var dice: Dice
    private var invoices: [Invoice] = []
    private var credits: [Int: [CreditNoteLine]] = [:]
    private var payments: [(payment: Payment, invoice: Int, refundable: Int64)] = []
    private var sequence = 0
    private let now = Date(timeIntervalSince1970: 1_790_000_000)
    private let day = CalendarDay(daysSinceEpoch: 20_713)

    init(seed: Int) {
        dice = Dice(seed)
    }

    /// What is still owed on invoices that have not been given up.
    var openDue: Int64 { invoices.filter { $0.status == .pending }.map(\.due.minor).reduce(0, +) }

    mutating func step() throws {
        switch dice.roll(1...10) {
        case 1...3: try issue()
        case 4...6: try pay()
        case 7: try credit()
        case 8: try refund()
        case 9: try writeOff()
        default: try void()
        }
    }

    private mutating func book(_ entry: LedgerEntry) {
        #expect(entry.lines.map(\.amount.minor).reduce(0, +) == 0)
        for line in entry.lines { balances[line.account, default: 0] += line.amount.minor }
    }

    private mutating func issue() throws {
        sequence += 1
        let lines = try (0..<dice.roll(1...4)).map { _ in
            try InvoiceLine(
                kind: dice.pick(InvoiceLineKind.allCases),
                description: "line",
                quantity: dice.roll(1...3),
                unitPrice: Money(minor: Int64(dice.roll(1...50_000)), currency: .usd),
                taxRate: dice.pick([.zero, #require(Ratio("0.2")), #require(Ratio("0.0725"))])
            )
        }
        var invoice = try Invoice(
            draft: Invoice.ID(Int64(sequence)),
            accountID: 1,
            currency: .usd,
            lines: lines,
            seller: .agency,
            buyer: Party(name: "Client", email: "c@example.com")
        )
        try invoice.issue(number: #require(InvoiceNumber(year: 2026, sequence: sequence)), at: now, on: day)
        book(try .issued(invoice, on: day))
        invoices.append(invoice)
    }

    private mutating func pay() throws {
        guard let index = pick({ ($0.status == .pending || $0.status == .uncollectible) && $0.due.isPositive }) else {
            return
        }
        let due = invoices[index].due
        let amount = dice.chance(3) ? Money(minor: Int64(dice.roll(1...Int(due.minor))), currency: .usd) : due
        let wasWrittenOff = invoices[index].status == .uncollectible
        var payment = Payment(
            id: Payment.ID(Int64(payments.count + 1)),
            accountID: 1,
            invoiceID: invoices[index].id,
            methodID: nil,
            kind: dice.pick([.stripe, .paypal, .bank]),
            attempt: payments.count + 1,
            idempotencyKey: AttemptKey(rawValue: "pay:\(payments.count)"),
            amount: amount,
            createdAt: now
        )
        let fee = dice.chance(2) ? Money(minor: min(amount.minor, 30), currency: .usd) : nil
        try payment.succeed(reference: nil, fee: fee, at: now)
        try invoices[index].receive(amount, at: now)
        book(try .paid(invoices[index], with: payment, wasWrittenOff: wasWrittenOff, on: day))
        payments.append((payment, index, amount.minor))
    }

    private mutating func credit() throws {
        guard let index = pick({ $0.status == .pending || $0.status == .paid || $0.status == .uncollectible }) else {
            return
        }
        let left = try Creditable(invoices[index], less: credits[index, default: []])
        guard left.total.isPositive else { return }
        let amount = Money(minor: Int64(dice.roll(1...Int(left.total.minor))), currency: .usd)
        let lines = try left.amount(amount)
        #expect(try lines.gross(in: .usd) == amount)
        #expect(lines.allSatisfy { $0.taxRate == invoices[index].lines[$0.position - 1].taxRate })
        let excess = try invoices[index].apply(credit: amount, at: now)
        credits[index, default: []] += lines
        refundsOwed += excess.minor
        let net = try lines.map(\.net).total(in: .usd)
        let note = CreditNote(
            id: 1,
            accountID: 1,
            invoiceID: invoices[index].id,
            number: "C\(sequence)",
            lines: lines,
            net: net,
            tax: try amount - net,
            appliedToDue: try amount - excess,
            excess: excess,
            reason: "test",
            issuedAt: now
        )
        book(try .credited(note, on: invoices[index], on: day))
    }

    private mutating func refund() throws {
        guard let index = payments.indices.filter({ payments[$0].refundable > 0 }).randomElement(using: &dice) else {
            return
        }
        let amount = Int64(dice.roll(1...Int(payments[index].refundable)))
        payments[index].refundable -= amount
        let isCredit = amount <= refundsOwed
        if isCredit { refundsOwed -= amount }
        let refund = Refund(
            id: 1,
            accountID: 1,
            paymentID: payments[index].payment.id,
            number: "R",
            amount: Money(minor: amount, currency: .usd),
            reason: "test",
            providerReference: nil,
            status: .succeeded,
            createdAt: now
        )
        book(
            try .refunded(
                refund,
                of: payments[index].payment,
                againstCustomerCredit: isCredit,
                tags: LedgerTags(accountID: 1),
                reference: "re",
                on: day
            )
        )
    }

    private mutating func writeOff() throws {
        guard let index = pick({ $0.status == .pending }) else { return }
        let due = invoices[index].due
        try invoices[index].writeOff()
        book(try .writtenOff(invoices[index], due: due, on: day))
    }

    private mutating func void() throws {
        guard let index = pick({ $0.status == .pending && $0.paid.isZero && $0.credited.isZero }) else { return }
        for entry in try LedgerEntry.voided(invoices[index], on: day) { book(entry) }
        try invoices[index].void()
    }

    private mutating func pick(_ isSuitable: (Invoice) -> Bool) -> Int? {
        invoices.indices.filter { isSuitable(invoices[$0]) }.randomElement(using: &dice)
    }
}
