import DomainModel
import Persistence
import Postgres

extension Office {
    /// What the gateway is told about an attempt.
    func charge(
        _ invoice: Invoice,
        _ number: InvoiceNumber,
        _ payment: Payment,
        customer: String,
        method: PaymentMethod?,
        isUnheardOf: Bool = false
    ) -> InvoiceCharge {
        InvoiceCharge(
            number: number.description,
            idempotencyKey: payment.idempotencyKey.rawValue,
            customer: customer,
            method: method?.providerReference,
            lines: lines(of: invoice, charging: payment.amount),
            total: payment.amount,
            providerInvoice: invoice.providerReference,
            attemptReference: payment.providerReference,
            attemptedAt: payment.createdAt,
            isUnheardOf: isUnheardOf
        )
    }

    /// What the gateway is asked about an attempt; nothing can be charged by it.
    func lookUp(_ payment: Payment, of number: InvoiceNumber, providerInvoice: String?) -> InvoiceCharge {
        InvoiceCharge(
            number: number.description,
            idempotencyKey: payment.idempotencyKey.rawValue,
            customer: "",
            method: nil,
            lines: [],
            total: payment.amount,
            providerInvoice: providerInvoice,
            attemptReference: payment.providerReference,
            attemptedAt: payment.createdAt
        )
    }

    /// What an attempt was made with; nil when the client has removed it since.
    func method(of payment: Payment, in tx: PostgresTransaction) async throws -> Stored<PaymentMethod>? {
        guard let id = payment.methodID else { return nil }
        return try await PaymentMethods.find(id, for: .account(payment.accountID), in: tx)
    }

    /// The invoice's own lines while all of it is due; one line over the rest once a credit or a payment has lowered it.
    private func lines(of invoice: Invoice, charging amount: Money) -> [InvoiceCharge.Line] {
        guard amount == invoice.total else {
            return [InvoiceCharge.Line(text: "What is left of the invoice", amount: amount)]
        }
        var lines = invoice.lines.map { InvoiceCharge.Line(text: $0.description, amount: $0.net) }
        if !invoice.tax.isZero { lines.append(InvoiceCharge.Line(text: "Tax", amount: invoice.tax)) }
        return lines
    }
}
