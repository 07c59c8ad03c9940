import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

enum PaymentRoutes {
    static let endpoints = [pay, list, detail, refund]

    private static let list = Endpoint.list(
        "billing/payments/",
        .anyone,
        "listPayments",
        "Attempts at invoices: all for staff, the account's own for members",
        Resources.payments
    ).with { $0.scope = .billingRead }

    private static let detail = Endpoint.detail(
        "billing/payments/{id}/",
        .anyone,
        "getPayment",
        "A payment with its refunds",
        Resources.paymentDetails
    ).with { $0.scope = .billingRead }

    /// However many ask at once, one attempt is made: they wait for each other at the invoice's row, and their jobs share
    /// a key.
    private static let pay = Endpoint(
        .post,
        "billing/invoices/{id}/pay/",
        .members(.owner),
        "payInvoice",
        "Charge an open invoice now, to the default method or to another saved one"
    ) { call in
        let id = try call.id()
        return try await call.write { write in
            let found = try await Invoices.find(.init(id), for: write.tenant, lock: .forUpdate, in: write.tx)
            guard let invoice = found else { throw Problem.notFound }
            guard invoice.status == .pending, invoice.due.isPositive else {
                throw Problem.illegal(
                    IllegalTransition(
                        subject: InvoiceStatus.subject,
                        from: invoice.status.rawValue,
                        transition: InvoiceStatus.Transition.pay.rawValue,
                        allowed: invoice.status.allowed.map(\.rawValue)
                    )
                )
            }
            let method = try await method(for: invoice.value, write)
            let job = SubscriptionsJobs.pay(id, with: method.id.rawValue, account: invoice.accountID)
            let jobID = try await write.enqueue(job)
            try await write.audit(
                .paymentSent,
                Subject("invoice", id, account: invoice.accountID, subscription: invoice.subscriptionID),
                Change(reason: "asked for, with \(method.displayName)")
            )
            return .accepted(job: jobID, task: job.task)
        }
    }.with {
        $0.body = .named(
            "InvoicePayment",
            .object([.optional("payment_method_id", .id, "A saved method; the default one when left out.")])
        )
        $0.success = .accepted
        $0.answer = .acceptedJob
        $0.problems = [.conflict, .paymentRequired]
    }

    private static func method(for invoice: Invoice, _ write: Write) async throws -> PaymentMethod {
        let chosen = write.call.body["payment_method_id"]?.integer
        let found: Stored<PaymentMethod>?
        if let chosen {
            found = try await PaymentMethods.find(.init(chosen), for: .account(invoice.accountID), in: write.tx)
        } else {
            found = try await PaymentMethods.standard(of: invoice.accountID, in: write.tx)
        }
        guard let method = found?.value else {
            if chosen != nil { throw Problem.invalid("payment_method_id", "a saved method of the account") }
            throw Problem.paymentNeeded("The account has no saved payment method: add one first.")
        }
        guard method.kind.isCharged else {
            throw Problem.paymentNeeded("\(method.displayName) is paid by hand: choose a method that we can charge.")
        }
        guard method.isVerified else {
            throw Problem.conflict("method-not-ready", "\(method.displayName) is still being registered.")
        }
        return method
    }

    /// The refund is stored and its amount reserved before anybody is asked; the job gives it back.
    private static let refund = Endpoint(
        .post,
        "billing/payments/{id}/refund/",
        .staff,
        "refundPayment",
        "Give money of a payment back, all that is left of it or a part; above the limit a second person has to agree"
    ) { call in
        let id = try call.id()
        return try await call.write { write in
            guard
                let payment = try await Payments.find(.init(id), for: write.tenant, lock: .forUpdate, in: write.tx)
            else { throw Problem.notFound }
            guard payment.status.isSettled else {
                throw Problem.illegal(
                    IllegalTransition(
                        subject: PaymentStatus.subject,
                        from: payment.status.rawValue,
                        transition: PaymentStatus.Transition.refund.rawValue,
                        allowed: payment.status.allowed.map(\.rawValue)
                    )
                )
            }
            if try await Disputes.hasOpen(of: payment.id, for: write.tenant, in: write.tx) {
                throw Problem.conflict("disputed", "The client's bank has taken this payment back already.")
            }
            let amount = try amount(of: call.body, payment.value)
            let account = try await Accounts.find(payment.accountID, for: write.tenant, in: write.tx)
            let now = try await BusinessClock.now(in: write.tx)
            // All of the payment counts, so that a large refund cannot be asked for in small ones.
            let needsApproval = try call.services.configuration.refundLimit.isExceeded(by: payment.refunded + amount)
            let refund = try await Refunds.create(
                of: payment.value,
                amount: amount,
                reason: try call.body.text("reason"),
                on: CalendarDay(of: now, in: account?.timeZone ?? .gmt),
                needsApproval: needsApproval,
                createdBy: write.identity.userID,
                in: write.tx
            )
            let job = SubscriptionsJobs.refundPayment(refund.id.rawValue, account: payment.accountID)
            let jobID: Int64? = if needsApproval { nil } else { try await write.enqueue(job) }
            try await write.audit(
                .refundAsked,
                Subject("payment", id, account: payment.accountID),
                Change(reason: "\(refund.number) over \(amount): \(refund.reason)")
            )
            return .refund(refund.value, job: jobID, task: job.task)
        }
    }.with {
        $0.body = .named(
            "NewRefund",
            .object([
                .optional("amount", .money, "In the payment's currency; all that is left when left out."),
                .required("reason", .name(max: 255), "The client may be shown it."),
            ])
        )
        $0.success = .accepted
        $0.answer = .acceptedRefund
        $0.problems = [.conflict]
    }

    private static func amount(of body: JSON, _ payment: Payment) throws -> Money {
        let left = try payment.amount - payment.refunded
        guard let text = body["amount"]?.string else {
            guard left.isPositive else {
                throw Problem.conflict("refund-exceeds-payment", "Nothing of this payment is left to refund.")
            }
            return left
        }
        guard let amount = try? Money(decimal: text, currency: payment.amount.currency), amount.isPositive else {
            throw Problem.invalid("amount", "an amount above zero in \(payment.amount.currency.code)")
        }
        guard try !left.isLess(than: amount) else { throw RefundExceedsPayment(paymentID: payment.id, amount: amount) }
        return amount
    }
}
