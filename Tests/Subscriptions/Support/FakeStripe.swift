import DomainModel
import NIOConcurrencyHelpers
import Persistence

@testable import Subscriptions

/// A payment provider in memory with an idempotency memory like Stripe's: the first answer to a key is repeated.
final class FakeStripe: PaymentGateway {
    /// What the bank says to a method.
    enum Bank: Sendable {
        case pays
        case declines(String)
    }

    /// What goes wrong on the way.
    enum Fault: Sendable {
        /// The charge takes effect, the answer is lost.
        case lostAnswer
        /// 500, and 500 again for as long as the key lives.
        case keySpent
        /// Nothing happened.
        case unavailable
        /// The bank takes its time; a webhook will tell.
        case slowBank
    }

    fileprivate struct Books {
        var banks: [String: Bank] = [:]
        var faults: [Fault] = []
        var answers: [String: Result<ChargeOutcome, PaymentGatewayError>] = [:]
        var paid: [String: ChargeOutcome] = [:]
        var totals: [String: Money] = [:]
        var debits: [String: Int] = [:]
        var calls = 0
        var customers: [Account.ID: String] = [:]
        var refunds: [String: [ProviderRefund]] = [:]
    }

    private let books = NIOLockedValueBox(Books())

    /// How often money was taken for each invoice number.
    var debits: [String: Int] { books.withLockedValue { $0.debits } }
    /// How often a charge was asked for.
    var calls: Int { books.withLockedValue { $0.calls } }
    /// The customers that exist.
    var customers: Int { books.withLockedValue { $0.customers.count } }

    func set(_ method: String, _ bank: Bank) { books.withLockedValue { $0.banks[method] = bank } }
    func fail(_ faults: Fault...) { books.withLockedValue { $0.faults += faults } }
    func refund(_ charge: String, _ refunds: ProviderRefund...) {
        books.withLockedValue { $0.refunds[charge, default: []] += refunds }
    }
    /// The bank's money arrives for an invoice whose charge was slow.
    func arrive(_ number: String) {
        books.withLockedValue { books in books.pay(number, books.totals[number]) }
    }

    func customer(for payer: Payer) async throws(PaymentGatewayError) -> String {
        books.withLockedValue { books in
            let customer = payer.customer ?? books.customers[payer.account] ?? "cus_\(payer.account)"
            books.customers[payer.account] = customer
            return customer
        }
    }

    func attach(method: String, to customer: String) async throws(PaymentGatewayError) -> SavedMethod {
        SavedMethod(
            reference: method,
            displayName: "Visa •••• 4242",
            face: PaymentMethods.CardFace(brand: "visa", last4: "4242")
        )
    }

    func charge(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome {
        let answer: Result<ChargeOutcome, PaymentGatewayError> = books.withLockedValue { books in
            books.calls += 1
            books.totals[charge.number] = charge.total
            if let paid = books.paid[charge.number] { return .success(paid) }
            if let known = books.answers[charge.idempotencyKey] { return known }
            let fault = books.faults.isEmpty ? nil : books.faults.removeFirst()
            switch fault {
            case .unavailable: return .failure(.unavailable("no"))
            case .keySpent:
                books.answers[charge.idempotencyKey] = .failure(.keySpent("500"))
                return .failure(.keySpent("500"))
            case .slowBank:
                books.answers[charge.idempotencyKey] = .success(
                    .processing(providerInvoice: "in_\(charge.number)", reference: nil)
                )
            case .lostAnswer, nil:
                books.answers[charge.idempotencyKey] = .success(books.answer(charge))
            }
            return fault.map { if case .lostAnswer = $0 { true } else { false } } ?? false
                ? .failure(.outcomeUnknown("timed out"))
                : books.answers[charge.idempotencyKey] ?? .failure(.unavailable("no"))
        }
        return try answer.get()
    }

    func refunds(of charge: String) async throws(PaymentGatewayError) -> [ProviderRefund] {
        books.withLockedValue { $0.refunds[charge] ?? [] }
    }

    func lookUp(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome? {
        books.withLockedValue { $0.paid[charge.number] }
    }
}

extension FakeStripe.Books {
    fileprivate mutating func answer(_ charge: InvoiceCharge) -> ChargeOutcome {
        switch banks[charge.method ?? ""] ?? .pays {
        case .declines(let code):
            return .declined(
                providerInvoice: "in_\(charge.number)",
                reference: nil,
                code: code,
                message: "the bank says \(code)"
            )
        case .pays:
            pay(charge.number, charge.total)
            return paid[charge.number] ?? .processing(providerInvoice: "in_\(charge.number)", reference: nil)
        }
    }

    fileprivate mutating func pay(_ number: String, _ total: Money?) {
        debits[number, default: 0] += 1
        paid[number] = .paid(
            providerInvoice: "in_\(number)",
            reference: "pi_\(number)",
            charge: "ch_\(number)",
            fee: total.map { Money(minor: $0.minor * 29 / 1_000 + 30, currency: $0.currency) }
        )
    }
}
