import DomainModel
import Foundation
import WebClient

/// Stripe's Invoices API (spec 5.4): our engine owns the schedule and the lines, Stripe charges what we finalize.
struct StripeGateway: PaymentGateway {
    let kind = PaymentMethodKind.stripe
    let keyLife: TimeInterval = 24 * 3_600 - 600

    /// The newest version whose answers the types below were written for; later ones are not sent to us.
    static let version = "2026-06-24.dahlia"

    let client: WebClient
    /// Where the API is, without `/v1`: `https://api.stripe.com`, or the sandbox.
    let baseURL: String
    let secretKey: String

    func customer(for payer: Payer) async throws(PaymentGatewayError) -> String {
        if let customer = payer.customer { return customer }
        let answer = try await post(
            "customers",
            [
                ("name", payer.name), ("email", payer.email),
                ("metadata[account]", String(payer.account.rawValue)),
            ],
            key: "account:\(payer.account.rawValue):customer"
        )
        return try decode(Named.self, from: accepted(answer)).id
    }

    func attach(method: String, to customer: String) async throws(PaymentGatewayError) -> SavedMethod {
        let answer = try await post(
            "payment_methods/\(escaped(method))/attach",
            [("customer", customer)],
            key: "method:\(method):attach:\(customer)"
        )
        let attached = try decode(Method.self, from: accepted(answer))
        let isDefault = try await post(
            "customers/\(escaped(customer))",
            [("invoice_settings[default_payment_method]", attached.id)],
            key: "method:\(attached.id):default:\(customer)"
        )
        _ = try accepted(isDefault)
        return SavedMethod(reference: attached.id, displayName: attached.displayName, face: attached.face)
    }

    func charge(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome {
        guard let method = charge.method else {
            if let known = try await lookUp(charge) { return known }
            throw .keySpent("the payment method has been removed")
        }
        let invoice = try await openInvoice(for: charge)
        if invoice.status == "paid" { return try await paid(invoice) }
        let answer = try await post(
            "invoices/\(escaped(invoice.id))/pay",
            [("payment_method", method), ("off_session", "true")],
            key: charge.idempotencyKey
        )
        if answer.status == 200 { return try await outcome(of: decode(Invoice.self, from: answer)) }
        let failure = failure(of: answer)
        // Another attempt may have been faster; the invoice itself knows.
        if failure.code == "invoice_already_paid" || failure.code == "invoice_not_editable" {
            return try await outcome(of: fetch(invoice.id))
        }
        guard failure.type == "card_error" else { throw error(failure, answer) }
        return .declined(
            providerInvoice: invoice.id,
            // Not the payment intent: Stripe uses one for all attempts at an invoice.
            reference: failure.charge,
            code: failure.decline_code ?? failure.code ?? "card_declined",
            message: failure.message ?? "the bank declined the charge"
        )
    }

    func lookUp(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> ChargeOutcome? {
        guard let invoice = try await find(charge) else { return nil }
        switch invoice.status {
        case "paid": return try await paid(invoice)
        case "open": return try await underWay(invoice)
        default: return nil
        }
    }

    /// An open invoice whose bank still thinks about it: that is no failure.
    private func underWay(_ invoice: Invoice) async throws(PaymentGatewayError) -> ChargeOutcome? {
        let payments = try await get("invoice_payments?invoice=\(escaped(invoice.id))&status=open")
        let intent = try decode(Page<InvoicePayment>.self, from: accepted(payments)).data.first?.payment.payment_intent
        guard let intent else { return nil }
        let answer = try await get("payment_intents/\(escaped(intent))")
        let state = try decode(PaymentState.self, from: accepted(answer))
        return state.status == "processing" ? .processing(providerInvoice: invoice.id, reference: intent) : nil
    }

    func refund(_ order: RefundOrder) async throws(PaymentGatewayError) -> ProviderRefund {
        let answer = try await post(
            "refunds",
            [
                ("charge", order.charge), ("amount", String(order.amount.minor)),
                ("metadata[number]", order.number), ("metadata[reason]", String(order.reason.prefix(500))),
            ],
            key: order.idempotencyKey
        )
        guard let refund = try decode(Refund.self, from: accepted(answer)).refund else {
            throw .outcomeUnknown("Stripe's refund of \(order.charge) is in no currency we know")
        }
        return refund
    }

    func refunds(of charge: String, attempt: String?) async throws(PaymentGatewayError) -> [ProviderRefund] {
        let answer = try await get("refunds?charge=\(escaped(charge))&limit=100")
        return try decode(Page<Refund>.self, from: accepted(answer)).data.reversed().compactMap(\.refund)
    }

    // MARK: The invoice on Stripe's side

    /// The finalized invoice of a charge: found, or made from its lines.
    ///
    /// Looking first matters to a new attempt, whose keys are others, and after a day, when Stripe has forgotten the keys:
    /// a blind repetition would make a second invoice.
    private func openInvoice(for charge: InvoiceCharge) async throws(PaymentGatewayError) -> Invoice {
        var invoice: Invoice
        if !charge.isUnheardOf, let found = try await find(charge) {
            invoice = found
        } else {
            let answer = try await post(
                "invoices",
                [
                    ("customer", charge.customer), ("currency", charge.total.currency.code.lowercased()),
                    ("collection_method", "charge_automatically"), ("auto_advance", "false"),
                    ("metadata[number]", charge.number),
                ],
                key: "\(charge.idempotencyKey):create"
            )
            invoice = try decode(Invoice.self, from: accepted(answer))
        }
        if invoice.status == "open", invoice.amount_due != charge.total.minor {
            // A credit has lowered what is due since the last attempt; what is finalized cannot be changed.
            _ = try accepted(
                await post("invoices/\(escaped(invoice.id))/void", [], key: "\(charge.idempotencyKey):void")
            )
            return try await openInvoice(for: charge.forgettingInvoice)
        }
        guard invoice.status == "draft" else { return invoice }
        // A draft that an earlier attempt left may hold some of the lines already.
        var present: Set<String> = []
        if !charge.isUnheardOf {
            let items = try await get("invoiceitems?invoice=\(escaped(invoice.id))&limit=100")
            present = try Set(
                decode(Page<InvoiceItem>.self, from: accepted(items)).data.compactMap { $0.metadata?["line"] }
            )
        }
        for (index, line) in charge.lines.enumerated() where !present.contains(String(index)) {
            let answer = try await post(
                "invoiceitems",
                [
                    ("customer", charge.customer), ("invoice", invoice.id),
                    ("currency", line.amount.currency.code.lowercased()), ("amount", String(line.amount.minor)),
                    ("description", line.text), ("metadata[line]", String(index)),
                ],
                key: "\(charge.idempotencyKey):line:\(index)"
            )
            _ = try accepted(answer)
        }
        let answer = try await post(
            "invoices/\(escaped(invoice.id))/finalize",
            [("auto_advance", "false")],
            key: "\(charge.idempotencyKey):finalize"
        )
        invoice = try decode(Invoice.self, from: accepted(answer))
        guard invoice.amount_due == charge.total.minor else {
            throw .refused(
                "Stripe's invoice \(invoice.id) is over \(invoice.amount_due), ours \(charge.number) over \(charge.total.minor)"
            )
        }
        return invoice
    }

    private func find(_ charge: InvoiceCharge) async throws(PaymentGatewayError) -> Invoice? {
        if let known = charge.providerInvoice {
            let invoice = try await fetch(known)
            if invoice.status != "void" { return invoice }
        }
        let answer = try await get("invoices?customer=\(escaped(charge.customer))&limit=100")
        return try decode(Page<Invoice>.self, from: accepted(answer)).data
            .first { $0.metadata?["number"] == charge.number && $0.status != "void" }
    }

    private func fetch(_ invoice: String) async throws(PaymentGatewayError) -> Invoice {
        let answer = try await get("invoices/\(escaped(invoice))")
        return try decode(Invoice.self, from: accepted(answer))
    }

    private func outcome(of invoice: Invoice) async throws(PaymentGatewayError) -> ChargeOutcome {
        invoice.status == "paid"
            ? try await paid(invoice) : .processing(providerInvoice: invoice.id, reference: nil)
    }

    /// The payment behind a paid invoice, with what Stripe kept of it.
    private func paid(_ invoice: Invoice) async throws(PaymentGatewayError) -> ChargeOutcome {
        let payments = try await get("invoice_payments?invoice=\(escaped(invoice.id))&status=paid")
        let intent = try decode(Page<InvoicePayment>.self, from: accepted(payments)).data
            .first { $0.status == "paid" }?.payment.payment_intent
        // An invoice below the currency's minimum is paid without a payment.
        guard let intent else {
            return .paid(providerInvoice: invoice.id, reference: invoice.id, charge: nil, fee: nil)
        }
        let answer = try await get("payment_intents/\(escaped(intent))?expand[]=latest_charge.balance_transaction")
        let payment = try decode(PaymentIntent.self, from: accepted(answer))
        let transaction = payment.latest_charge?.balance_transaction
        let fee = transaction.flatMap { transaction in
            Currency(code: transaction.currency).map { Money(minor: transaction.fee, currency: $0) }
        }
        return .paid(providerInvoice: invoice.id, reference: intent, charge: payment.latest_charge?.id, fee: fee)
    }
}
