import DomainModel
import Foundation
import WebClient

/// What Stripe's own lists say: charges, refunds and disputes, page by page.
extension StripeGateway {
    func dispute(_ reference: String) async throws(PaymentGatewayError) -> ProviderDispute? {
        try await one(Dispute.self, "disputes/\(escaped(reference))")?.dispute
    }

    func movements(
        of subject: GatewayDifference.Subject,
        in window: Range<Date>,
        after cursor: String?
    ) async throws(PaymentGatewayError) -> MovementPage {
        switch subject {
        case .charge: try await page(Charge.self, "charges", window, cursor)
        case .refund: try await page(Refund.self, "refunds", window, cursor)
        case .dispute: try await page(Dispute.self, "disputes", window, cursor)
        }
    }

    func movement(
        of subject: GatewayDifference.Subject,
        _ reference: String,
        attempt: String?
    ) async throws(PaymentGatewayError) -> ProviderMovement? {
        switch subject {
        case .charge: try await one(Charge.self, "charges/\(escaped(reference))")?.movement
        case .refund: try await one(Refund.self, "refunds/\(escaped(reference))")?.movement
        case .dispute: try await one(Dispute.self, "disputes/\(escaped(reference))")?.movement
        }
    }

    func notice(of movement: ProviderMovement) async throws(PaymentGatewayError) -> ProviderNotice {
        switch movement.subject {
        case .dispute: return .dispute(movement.reference)
        case .refund:
            return movement.charge.map { .refunded(charge: $0, attempt: movement.attempt) } ?? .nothing
        case .charge:
            // Since basil a charge does not name its invoice any more; the payment of the invoice does.
            guard let intent = movement.attempt else { return .nothing }
            let payments = try await get(
                "invoice_payments?payment[type]=payment_intent&payment[payment_intent]=\(intent)"
            )
            let invoice = try decode(Page<InvoicePayment>.self, from: accepted(payments)).data.first?.invoice
            guard let invoice, let found = try await one(Invoice.self, "invoices/\(escaped(invoice))") else {
                return .nothing
            }
            return .invoice(found.id, number: found.metadata?["number"])
        }
    }

    private func page<Row: StripeMovement>(
        _: Row.Type,
        _ list: String,
        _ window: Range<Date>,
        _ cursor: String?
    ) async throws(PaymentGatewayError) -> MovementPage {
        let (from, to) = (
            Int64(window.lowerBound.timeIntervalSince1970), Int64(window.upperBound.timeIntervalSince1970)
        )
        var path = "\(list)?created[gte]=\(from)&created[lt]=\(to)&limit=100"
        if let cursor { path += "&starting_after=\(escaped(cursor))" }
        let answer = try await get(path)
        let rows = try decode(Page<Row>.self, from: accepted(answer))
        return MovementPage(
            movements: rows.data.compactMap(\.movement),
            next: rows.has_more == true ? rows.data.last?.id : nil
        )
    }

    private func one<Row: Decodable>(_: Row.Type, _ path: String) async throws(PaymentGatewayError) -> Row? {
        let answer = try await get(path)
        if answer.status == 404 { return nil }
        return try decode(Row.self, from: accepted(answer))
    }
}

protocol StripeMovement: Decodable {
    var id: String { get }
    var movement: ProviderMovement? { get }
}

extension StripeGateway {
    struct Charge: StripeMovement {
        let id: String
        let amount: Int64
        let currency: String
        let status: String
        let payment_intent: String?

        var movement: ProviderMovement? {
            Currency(code: currency).map { currency in
                ProviderMovement(
                    subject: .charge,
                    reference: id,
                    charge: id,
                    attempt: payment_intent,
                    key: nil,
                    side: .init(amount: Money(minor: amount, currency: currency), status: status)
                )
            }
        }
    }

    struct Dispute: StripeMovement {
        let id: String
        let amount: Int64
        let currency: String
        let charge: String?
        let payment_intent: String?
        let reason: String?
        let status: String
        /// What it has moved on our balance: the amount, and Stripe's fee for it.
        let balance_transactions: [PaymentIntent.BalanceTransaction]?

        /// A fee that is given back stands there as a negative one.
        private func fee(in currency: Currency) -> Money? {
            balance_transactions.map { transactions in
                let own = transactions.filter { $0.currency.lowercased() == currency.code.lowercased() }
                return Money(minor: own.reduce(0) { $0 + $1.fee }, currency: currency)
            }
        }

        var dispute: ProviderDispute? {
            guard let currency = Currency(code: currency) else { return nil }
            let state: DisputeStatus =
                switch status {
                case "won", "warning_closed": .won
                case "lost": .lost
                default: .opened
                }
            return ProviderDispute(
                reference: id,
                charge: charge,
                paymentIntent: payment_intent,
                amount: Money(minor: amount, currency: currency),
                reason: reason ?? "",
                status: state,
                fee: fee(in: currency)
            )
        }

        var movement: ProviderMovement? {
            dispute.map { dispute in
                ProviderMovement(
                    subject: .dispute,
                    reference: id,
                    charge: charge,
                    attempt: payment_intent,
                    key: nil,
                    side: .init(amount: dispute.amount, status: dispute.status.rawValue)
                )
            }
        }
    }
}

extension StripeGateway.Refund: StripeMovement {
    var movement: ProviderMovement? {
        refund.map { refund in
            ProviderMovement(
                subject: .refund,
                reference: id,
                charge: charge,
                attempt: payment_intent,
                key: refund.number,
                side: .init(amount: refund.amount, status: refund.status.rawValue)
            )
        }
    }
}
