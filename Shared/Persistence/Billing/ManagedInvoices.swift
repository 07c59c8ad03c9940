public import DomainModel
public import Foundation
public import Postgres

/// The invoice of a served part of a managed month: numbered, booked, and paid out of the customer's credit as far as that
/// goes. Its charge, its mail and its audit event are the caller's.
public enum ManagedInvoices {
    /// Puts it together: what a run issues, and what a preview of it shows.
    /// - Parameter method: what the account's invoices are charged to.
    public static func draft(
        for subscription: ManagedSubscription,
        of account: Account,
        _ billing: BillingDetails?,
        method: PaymentMethodKind?,
        domain: Domain,
        served: Proration,
        taxRate: Ratio
    ) throws(MoneyError) -> Invoice {
        try Invoice(
            draft: 0,
            accountID: account.id,
            subscriptionID: subscription.id,
            currency: subscription.monthlyPrice.currency,
            served: served,
            lines: [InvoiceLine.managedMonth(of: subscription, domain: domain, served: served, taxRate: taxRate)],
            seller: .agency,
            buyer: Party(
                name: billing?.legalName ?? account.name,
                address: billing?.addressLines ?? [],
                email: account.billingEmail.rawValue,
                taxID: billing?.taxID
            ),
            collection: method.map(\.isCharged) ?? true ? .automatic : .manual
        )
    }

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
        let draft = try draft(
            for: subscription,
            of: account,
            billing,
            method: method?.kind,
            domain: domain,
            served: served,
            taxRate: rate
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
