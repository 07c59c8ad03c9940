import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

extension Agency {
    /// A method of any kind, to be registered.
    @discardableResult
    func addMethod(
        _ kind: PaymentMethodKind,
        named reference: String = "pm_card",
        of client: TestClient
    ) async throws -> PaymentMethod.ID {
        try await transaction { tx in
            let method = try await PaymentMethods.add(
                account: client.account,
                kind: kind,
                providerReference: kind.isCharged ? "\(reference)_\(client.account)" : nil,
                displayName: kind.rawValue,
                isVerified: false,
                makeDefault: true,
                in: tx
            )
            try await producer.enqueue(
                SubscriptionsJobs.registerPaymentMethod(method.id.rawValue, account: client.account),
                in: tx
            )
            return method.id
        }
    }

    /// Staff credit a part of an invoice.
    func credit(_ invoice: Invoice, _ amount: Money) async throws {
        try await transaction { tx in
            let found = try await Invoices.find(invoice.id, for: Self.system, lock: .forUpdate, in: tx)
            var invoice = try #require(found)
            let (now, line) = (try await BusinessClock.now(in: tx), try #require(invoice.lines.first))
            _ = try await CreditNotes.issue(
                [
                    CreditNoteLine(
                        position: 1,
                        kind: line.kind,
                        net: amount,
                        taxRate: .zero,
                        tax: .zero(amount.currency)
                    )
                ],
                on: &invoice,
                reason: "test",
                at: now,
                on: CalendarDay(of: now, in: .gmt),
                in: tx
            )
        }
    }

    /// Staff ask for a part of a payment to be given back.
    func askRefund(of payment: Payment, _ minor: Int64, because reason: String = "asked for") async throws -> Refund {
        try await transaction { tx in
            let now = try await BusinessClock.now(in: tx)
            let refund = try await Refunds.create(
                of: payment,
                amount: Money(minor: minor, currency: payment.amount.currency),
                reason: reason,
                on: CalendarDay(of: now, in: .gmt),
                in: tx
            )
            try await producer.enqueue(
                SubscriptionsJobs.refundPayment(refund.id.rawValue, account: payment.accountID),
                in: tx
            )
            return refund.value
        }
    }

    func refund(_ id: Refund.ID) async throws -> Refund {
        try await transaction { tx in
            try #require(try await Refunds.find(id, for: Self.system, in: tx)).value
        }
    }
}
