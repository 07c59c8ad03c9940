import DomainModel

/// A gateway of a random history: outside of our transactions, with an idempotency memory and webhooks.
struct HistoryGateway {
    enum Answer: Hashable {
        case paid
        case declined(String)
        case processing
    }

    /// What the bank says to a client's card.
    enum Bank: Hashable {
        case pays
        case declines(String)
        case isSlow
    }

    struct Notice: Hashable {
        let id: Int
        let invoice: Int
    }

    var banks: [Bank]
    private(set) var answers: [AttemptKey: Answer] = [:]
    private(set) var amounts: [AttemptKey: Money] = [:]
    /// Invoices whose money is here.
    private(set) var paid: [Int: Money] = [:]
    private(set) var refunded: [Currency: Int64] = [:]
    /// Invoices whose bank takes its time.
    private(set) var slow: [Int: Money] = [:]
    /// What is still to be told; each may be told again.
    var outbox: [Notice] = []
    private var notices = 0

    init(banks: [Bank]) { self.banks = banks }

    /// Charges an attempt. The same key is the same attempt, and gets the same answer.
    mutating func charge(_ payment: Payment, invoice: Int, client: Int) throws -> Answer {
        if let amount = amounts[payment.idempotencyKey], amount != payment.amount {
            throw HistoryFault("\(payment.idempotencyKey) came with \(amount) and with \(payment.amount)")
        }
        if paid[invoice] != nil { return .paid }
        if let known = answers[payment.idempotencyKey] { return known }
        amounts[payment.idempotencyKey] = payment.amount
        let answer: Answer
        switch banks[client] {
        case .pays:
            paid[invoice] = payment.amount
            answer = .paid
        case .declines(let code): answer = .declined(code)
        case .isSlow:
            slow[invoice] = payment.amount
            answer = .processing
        }
        answers[payment.idempotencyKey] = answer
        tell(invoice)
        return answer
    }

    /// The slow banks' money arrives.
    mutating func arrive() {
        for (invoice, amount) in slow.sorted(by: { $0.key < $1.key }) {
            paid[invoice] = amount
            tell(invoice)
        }
        slow = [:]
    }

    mutating func refund(_ amount: Money) { refunded[amount.currency, default: 0] += amount.minor }

    private mutating func tell(_ invoice: Int) {
        notices += 1
        outbox.append(Notice(id: notices, invoice: invoice))
    }
}
