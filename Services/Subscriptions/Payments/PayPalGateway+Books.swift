import DomainModel
import Foundation
import WebClient

/// What PayPal's own books say: its transaction search, and its disputes.
extension PayPalGateway {
    struct Dispute: Decodable {
        struct Transaction: Decodable { let seller_transaction_id: String? }
        struct Outcome: Decodable { let outcome_code: String? }
        let dispute_id: String
        let disputed_transactions: [Transaction]?
        let reason: String?
        let status: String
        let dispute_amount: Amount?
        let dispute_outcome: Outcome?

        var dispute: ProviderDispute? {
            dispute_amount?.money.map { amount in
                ProviderDispute(
                    reference: dispute_id,
                    charge: disputed_transactions?.first?.seller_transaction_id,
                    paymentIntent: nil,
                    amount: amount,
                    reason: (reason ?? "").lowercased(),
                    status: state
                )
            }
        }

        /// A claim that its buyer has dropped is won as well.
        private var state: DisputeStatus {
            guard status == "RESOLVED" else { return .opened }
            return switch dispute_outcome?.outcome_code {
            case "RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED": .won
            default: .lost
            }
        }
    }

    struct TransactionInfo: Decodable {
        let transaction_id: String
        let paypal_reference_id: String?
        let transaction_event_code: String
        let transaction_amount: Amount
        let transaction_status: String
        let invoice_id: String?
        let custom_field: String?

        /// PayPal's event codes: T00… are payments, T11… reversals and refunds.
        var isPayment: Bool { transaction_event_code.hasPrefix("T00") }
        var isRefund: Bool { transaction_event_code.hasPrefix("T11") }

        var movement: ProviderMovement? {
            guard isPayment || isRefund, let amount = transaction_amount.money?.magnitude else { return nil }
            return ProviderMovement(
                subject: isPayment ? .charge : .refund,
                reference: transaction_id,
                charge: isPayment ? transaction_id : paypal_reference_id,
                attempt: nil,
                key: custom_field,
                side: .init(amount: amount, status: state)
            )
        }

        private var state: String {
            switch transaction_status {
            // V is a payment that was reversed later: the reversal is a row of its own.
            case "S", "V": "succeeded"
            case "D": "failed"
            default: "pending"
            }
        }
    }

    /// One page of the transaction search.
    /// - Parameter amount: only payments of exactly so much.
    func transactions(
        _ window: Range<Date>,
        over amount: Money? = nil,
        page: String?
    ) async throws(PaymentGatewayError) -> (infos: [TransactionInfo], next: String?) {
        struct Found: Decodable {
            struct Row: Decodable { let transaction_info: TransactionInfo }
            let transaction_details: [Row]
            let page: Int?
            let total_pages: Int?
        }
        var path =
            "v1/reporting/transactions?start_date=\(Self.text(window.lowerBound))&end_date=\(Self.text(window.upperBound))"
            + "&fields=transaction_info&page_size=100&page=\(page ?? "1")"
        if let amount {
            path +=
                "&transaction_amount=\(amount.minor)%20TO%20\(amount.minor)&transaction_currency=\(amount.currency.code)"
        }
        let answer = try await get(path)
        let found = try decode(Found.self, from: accepted(answer))
        let number = found.page ?? 1
        return (
            found.transaction_details.map(\.transaction_info),
            number < found.total_pages ?? 1 ? String(number + 1) : nil
        )
    }

    func dispute(_ reference: String) async throws(PaymentGatewayError) -> ProviderDispute? {
        let answer = try await get("v1/customer/disputes/\(escaped(reference))")
        if answer.status == 404 { return nil }
        return try decode(Dispute.self, from: accepted(answer)).dispute
    }

    func movements(
        of subject: GatewayDifference.Subject,
        in window: Range<Date>,
        after cursor: String?
    ) async throws(PaymentGatewayError) -> MovementPage {
        guard subject == .dispute else {
            let found = try await transactions(window, page: cursor)
            return MovementPage(
                movements: found.infos.compactMap(\.movement).filter { $0.subject == subject },
                next: found.next
            )
        }
        return try await disputes(in: window, after: cursor)
    }

    /// The list names disputes without their outcome; those of a window are few, and each is asked for.
    private func disputes(
        in window: Range<Date>,
        after cursor: String?
    ) async throws(PaymentGatewayError) -> MovementPage {
        struct Found: Decodable {
            struct Row: Decodable { let dispute_id: String }
            struct Link: Decodable {
                let rel: String
                let href: String
            }
            let items: [Row]?
            let links: [Link]?
        }
        var path = "v1/customer/disputes?start_time=\(Self.text(window.lowerBound))&page_size=50"
        if let cursor { path += "&next_page_token=\(escaped(cursor))" }
        let answer = try await get(path)
        let found = try decode(Found.self, from: accepted(answer))
        var movements: [ProviderMovement] = []
        for row in found.items ?? [] {
            if let movement = try await movement(of: .dispute, row.dispute_id, attempt: nil) {
                movements.append(movement)
            }
        }
        let next = found.links?.first { $0.rel == "next" }.flatMap { link in
            URLComponents(string: link.href)?.queryItems?.first { $0.name == "next_page_token" }?.value
        }
        return MovementPage(movements: movements, next: next)
    }

    func movement(
        of subject: GatewayDifference.Subject,
        _ reference: String,
        attempt: String?
    ) async throws(PaymentGatewayError) -> ProviderMovement? {
        switch subject {
        case .charge:
            guard let capture = try await capture(reference), let amount = capture.amount.money else { return nil }
            let status =
                switch capture.outcome(of: nil) {
                case .paid: "succeeded"
                case .declined: "failed"
                case .processing: "pending"
                }
            return ProviderMovement(
                subject: .charge,
                reference: capture.id,
                charge: capture.id,
                attempt: capture.supplementary_data?.related_ids?.order_id,
                key: capture.custom_id,
                side: .init(amount: amount, status: status)
            )
        case .refund:
            let answer = try await get("v2/payments/refunds/\(escaped(reference))")
            if answer.status == 404 { return nil }
            let refund = try decode(Refund.self, from: accepted(answer))
            return refund.refund.map { told in
                ProviderMovement(
                    subject: .refund,
                    reference: told.reference,
                    charge: refund.capture,
                    attempt: nil,
                    key: told.number,
                    side: .init(amount: told.amount, status: told.status.rawValue)
                )
            }
        case .dispute:
            return try await dispute(reference).map { dispute in
                ProviderMovement(
                    subject: .dispute,
                    reference: reference,
                    charge: dispute.charge,
                    attempt: nil,
                    key: nil,
                    side: .init(amount: dispute.amount, status: dispute.status.rawValue)
                )
            }
        }
    }

    func notice(of movement: ProviderMovement) async throws(PaymentGatewayError) -> ProviderNotice {
        switch movement.subject {
        case .charge: movement.key.map { .attempt(key: $0, reference: movement.attempt) } ?? .nothing
        case .refund: movement.charge.map { .refunded(charge: $0, attempt: nil) } ?? .nothing
        case .dispute: .dispute(movement.reference)
        }
    }

    private static func text(_ moment: Date) -> String { moment.formatted(.iso8601) }
}
