import DomainModel
import Foundation
import NIOConcurrencyHelpers
import Persistence

@testable import Subscriptions

/// A payment provider in memory with an idempotency memory like Stripe's: the first answer to a key is repeated, until the
/// memory is lost.
final class FakeStripe: PaymentGateway {
    let kind: PaymentMethodKind
    let keyLife: TimeInterval

    init(kind: PaymentMethodKind = .stripe) {
        self.kind = kind
        keyLife = kind == .stripe ? 24 * 3_600 : 6 * 3_600
    }

    /// What the bank says to a method.
    enum Bank: Sendable {
        case pays
        case declines(String)
    }

    /// What goes wrong on the way.
    enum Fault: Sendable {
        /// The charge takes effect, the answer is lost.
        case lostAnswer
        /// The charge takes effect, and a refusal comes: of a repetition that the provider took for another request.
        case refusal
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
        var disputes: [String: ProviderDispute] = [:]
        var lookUps = 0
        var keys: [String] = []
        var movements: [ProviderMovement] = []
    }

    private let books = NIOLockedValueBox(Books())

    /// How often money was taken for each invoice number.
    var debits: [String: Int] { books.withLockedValue { $0.debits } }
    /// How often a charge was asked for.
    var calls: Int { books.withLockedValue { $0.calls } }
    /// How often it was asked what became of an attempt.
    var lookUps: Int { books.withLockedValue { $0.lookUps } }
    /// The keys that charges and refunds came with, in order.
    var keys: [String] { books.withLockedValue { $0.keys } }
    /// The customers that exist.
    var customers: Int { books.withLockedValue { $0.customers.count } }

    func set(_ method: String, _ bank: Bank) { books.withLockedValue { $0.banks[method] = bank } }
    func fail(_ faults: Fault...) { books.withLockedValue { $0.faults += faults } }
    func refund(_ charge: String, _ refunds: ProviderRefund...) {
        books.withLockedValue { $0.refunds[charge, default: []] += refunds }
    }
    /// Takes money for an invoice whose answer nobody heard.
    func take(_ number: String, _ total: Money) { books.withLockedValue { $0.pay(number, total) } }
    /// A day has passed: no key is remembered, and nothing stops a second charge but who asks first.
    func forgetKeys() { books.withLockedValue { $0.answers = [:] } }
    func set(_ dispute: ProviderDispute) { books.withLockedValue { $0.disputes[dispute.reference] = dispute } }
    /// What its own lists say beside what it was asked to do.
    func list(_ movements: ProviderMovement...) { books.withLockedValue { $0.movements += movements } }
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
            books.keys.append(charge.idempotencyKey)
            books.totals[charge.number] = charge.total
            if let known = books.answers[charge.idempotencyKey] { return known }
            let fault = books.faults.isEmpty ? nil : books.faults.removeFirst()
            switch fault {
            case .unavailable: return .failure(.unavailable("no"))
            case .keySpent:
                books.answers[charge.idempotencyKey] = .failure(.keySpent("500"))
                return .failure(.keySpent("500"))
            case .refusal:
                _ = books.answer(charge)
                return .failure(.refused("400"))
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

    func refund(_ order: RefundOrder) async throws(PaymentGatewayError) -> ProviderRefund {
        let answer: Result<ProviderRefund, PaymentGatewayError> = books.withLockedValue { books in
            books.keys.append(order.idempotencyKey)
            if let known = books.refunds[order.charge]?.first(where: { $0.number == order.number }),
                books.answers[order.idempotencyKey] != nil
            {
                return .success(known)
            }
            let fault = books.faults.isEmpty ? nil : books.faults.removeFirst()
            if case .unavailable? = fault { return .failure(.unavailable("no")) }
            let refund = ProviderRefund(
                reference: "re_\(order.number)_\(books.refunds.count)",
                amount: order.amount,
                reason: order.reason,
                status: .succeeded,
                number: order.number
            )
            books.refunds[order.charge, default: []].append(refund)
            books.answers[order.idempotencyKey] = .failure(.unavailable("a refund"))
            if case .lostAnswer? = fault { return .failure(.outcomeUnknown("timed out")) }
            return .success(refund)
        }
        return try answer.get()
    }

    func refunds(of charge: String, attempt: String?) async throws(PaymentGatewayError) -> [ProviderRefund] {
        books.withLockedValue { books in
            books.lookUps += 1
            return books.refunds[charge] ?? []
        }
    }

    func dispute(_ reference: String) async throws(PaymentGatewayError) -> ProviderDispute? {
        books.withLockedValue { $0.disputes[reference] }
    }

    func movements(
        of subject: GatewayDifference.Subject,
        in window: Range<Date>,
        after cursor: String?
    ) async throws(PaymentGatewayError) -> MovementPage {
        // One row a page, so that every reader must turn it.
        let all = books.withLockedValue { $0.movements.filter { $0.subject == subject } }
        let index = cursor.flatMap { Int($0) } ?? 0
        return MovementPage(
            movements: all.indices.contains(index) ? [all[index]] : [],
            next: index + 1 < all.count ? String(index + 1) : nil
        )
    }

    func movement(
        of subject: GatewayDifference.Subject,
        _ reference: String,
        attempt: String?
    ) async throws(PaymentGatewayError) -> ProviderMovement? {
        books.withLockedValue { books in
            books.movements.first { $0.subject == subject && $0.reference == reference }
        }
    }

    func notice(of movement: ProviderMovement) async throws(PaymentGatewayError) -> ProviderNotice {
        switch movement.subject {
        case .charge: movement.key.map { .attempt(key: $0, reference: nil) } ?? .nothing
        case .refund: movement.charge.map { .refunded(charge: $0, attempt: nil) } ?? .nothing
        case .dispute: .dispute(movement.reference)
        }
    }

    func lookUp(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome? {
        books.withLockedValue { books in
            books.lookUps += 1
            return books.paid[charge.number]
        }
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
