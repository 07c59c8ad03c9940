import DomainModel
import JobQueue
import Persistence
import Postgres

/// Gives one refund back through the gateway that took the money; what came by hand is booked as given back by hand.
///
/// It is stored before the gateway is called, and reserves its amount from then on. A time-out is unknown: the next run
/// sends it again under its key, or, when the gateway may have forgotten that, asks for the refund by its number first.
struct RefundPayment: JobTask {
    static let name = "refund_payment"

    let office: Office

    func run(_ payload: SubscriptionsJobs.Refund, _ context: JobContext) async throws {
        guard let order = try await begin(Refund.ID(payload.refundID), context) else { return }
        let told: ProviderRefund?
        do {
            told = try await give(order)
        } catch PaymentGatewayError.refused(let reason) {
            return try await refuse(order, because: reason, context)
        }
        // An asked-for refund that the gateway does not know is sent again, under its number: it never got there.
        let given: ProviderRefund
        if let told { given = told } else { given = try await order.gateway.refund(order.order) }
        try await office.transaction(context) { tx in
            let tenant = Tenant.job(context)
            guard let payment = try await Payments.find(order.payment, for: tenant, lock: .forUpdate, in: tx) else {
                throw MissingRow(what: "payment \(order.payment)")
            }
            try await context.complete(result: ["refund": given.reference, "status": given.status.rawValue], in: tx)
            _ = try await office.apply(given, of: payment.value, in: tx)
            try await office.closeIfRefunded(payment.id, in: tx)
        }
    }

    private struct Order {
        let refund: Refund.ID
        let payment: Payment.ID
        let attempt: String?
        let gateway: any PaymentGateway
        let order: RefundOrder
        let isKeyOver: Bool
    }

    /// - Returns: nil when the gateway was asked and knows of no such refund.
    private func give(_ order: Order) async throws -> ProviderRefund? {
        guard order.isKeyOver else { return try await order.gateway.refund(order.order) }
        return try await order.gateway.refunds(of: order.order.charge, attempt: order.attempt)
            .last { $0.number == order.order.number }
    }

    private func begin(_ id: Refund.ID, _ context: JobContext) async throws -> Order? {
        let tenant = Tenant.job(context)
        return try await office.transaction(context) { tx in
            guard let found = try await Refunds.find(id, for: tenant, in: tx) else {
                throw JobError.permanent("there is no refund \(id)")
            }
            // The payment's row first, as everywhere.
            guard
                let payment = try await Payments.find(found.paymentID, for: tenant, lock: .forUpdate, in: tx),
                var refund = try await Refunds.find(id, for: tenant, lock: .forUpdate, in: tx)
            else { throw MissingRow(what: "payment \(found.paymentID)") }
            guard refund.status == .pending, !refund.awaitsApproval else {
                try await context.complete(in: tx)
                return nil
            }
            guard payment.kind.isCharged else {
                try await context.complete(in: tx)
                let account = try await office.account(payment.accountID, in: tx)
                let today = try await office.today(in: account.timeZoneName, tx)
                try await office.succeed(&refund, of: payment.value, on: today, in: tx)
                try await office.closeIfRefunded(payment.id, in: tx)
                return nil
            }
            guard let charge = payment.providerCharge else {
                throw JobError.permanent("payment \(payment.id) has no charge to give back")
            }
            var isKeyOver = false
            if let sentAt = refund.sentAt {
                isKeyOver = try await office.isKeyOver(
                    at: payment.kind,
                    sentAt: sentAt,
                    createdAt: refund.value.createdAt,
                    in: tx
                )
            } else {
                refund.value.sentAt = try await office.machineTime(tx)
                try await Refunds.save(&refund, in: tx)
            }
            return Order(
                refund: refund.id,
                payment: payment.id,
                attempt: payment.providerReference,
                gateway: try office.payments[payment.kind],
                order: RefundOrder(
                    number: refund.number,
                    idempotencyKey: AttemptKey.refunding(refund.value),
                    charge: charge,
                    amount: refund.amount,
                    reason: refund.reason
                ),
                isKeyOver: isKeyOver
            )
        }
    }

    /// The gateway will not give it back: the amount is free again, and staff see why.
    private func refuse(_ order: Order, because reason: String, _ context: JobContext) async throws {
        try await office.transaction(context) { tx in
            let tenant = Tenant.job(context)
            guard let payment = try await Payments.find(order.payment, for: tenant, lock: .forUpdate, in: tx),
                var refund = try await Refunds.find(order.refund, for: tenant, lock: .forUpdate, in: tx)
            else { throw MissingRow(what: "refund \(order.refund)") }
            try await context.complete(result: ["failed": reason], in: tx)
            guard refund.status == .pending else { return }
            refund.value.status = try refund.status.applying(.fail)
            refund.value.failureReason = reason
            try await Refunds.save(&refund, in: tx)
            try office.note(.refundFailed, on: .payment(payment.value), because: "\(refund.number): \(reason)")
        }
    }
}
