public import DomainModel
public import Foundation
public import Postgres

/// The invoice of a served part of a managed month: numbered, booked, and paid out of the customer's credit as far as that
/// goes. Its charge, its mail and its audit event are the caller's.
public enum ManagedInvoices {
    /// Issues it.
    /// - Parameters:
    ///   - subscription: its row is held by the caller, and its terms are those of `served`.
    ///   - moment: business time now.
    /// - Throws: ``PeriodInvoiced`` when the period was invoiced before.
    public static func issue(
        for subscription: ManagedSubscription,
        of account: Account,
        domain: Domain,
        served: Proration,
        at moment: Date,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> Stored<Invoice> {
        let today = CalendarDay(of: moment, in: account.timeZone)
        let billing = try await Accounts.billing(of: account.id, in: tx)
        let method = try await PaymentMethods.standard(of: account.id, in: tx)
        let rate = try await TaxRates.rate(in: billing?.country, on: today, in: tx)
        let draft = try Invoice(
            accountID: account.id,
            subscriptionID: subscription.id,
            currency: subscription.monthlyPrice.currency,
            served: served,
            lines: [InvoiceLine.managedMonth(of: subscription, domain: domain, served: served, taxRate: rate)],
            seller: .agency,
            buyer: Party(
                name: billing?.legalName ?? account.name,
                address: billing?.addressLines ?? [],
                email: account.billingEmail.rawValue,
                taxID: billing?.taxID
            ),
            collection: method.map { $0.kind.isCharged } ?? true ? .automatic : .manual
        )
        var invoice = try await Invoices.create(draft, createdBy: createdBy, in: tx)
        try await Invoices.issue(&invoice, at: moment, on: today, in: tx)
        if !invoice.total.isZero { try await Ledger.post(.issued(invoice.value, on: today), in: tx) }
        try await CustomerCredits.apply(to: &invoice, at: moment, on: today, in: tx)
        // A run that is late by a month issues what has been earned already.
        if served.to <= today { try await EarnedRevenue.earn(&invoice, less: [], in: tx) }
        return invoice
    }
}
