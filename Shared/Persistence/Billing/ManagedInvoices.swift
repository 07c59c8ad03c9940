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

    /// What is to be invoiced.
    public struct Order: Sendable {
        /// Its row is held by the caller, and its terms are those of ``served``.
        public let subscription: ManagedSubscription
        /// Whose it is.
        public let account: Account
        /// The site's.
        public let domain: Domain
        /// Which days.
        public let served: Proration

        /// Orders an invoice.
        public init(_ subscription: ManagedSubscription, of account: Account, domain: Domain, served: Proration) {
            self.subscription = subscription
            self.account = account
            self.domain = domain
            self.served = served
        }
    }

    /// Issues one.
    /// - Parameter moment: business time now.
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
        let order = Order(subscription, of: account, domain: domain, served: served)
        return try await issue([order], at: moment, createdBy: createdBy, in: tx)[0]
    }

    /// Issues invoices in the order of their orders, in as many statements as one takes; only clients who have credit, and
    /// days that are over already, take some of their own.
    ///
    /// Locks: the customers' credit first, in the order of the accounts, then the counter of numbers, which is held until
    /// the transaction ends. Whoever takes both takes them so.
    /// - Parameter moment: business time now.
    /// - Throws: ``PeriodInvoiced`` when a period was invoiced before.
    public static func issue(
        _ orders: [Order],
        at moment: Date,
        createdBy: User.ID? = nil,
        in tx: PostgresTransaction
    ) async throws -> [Stored<Invoice>] {
        if orders.isEmpty { return [] }
        let accounts = Array(Set(orders.map(\.account.id)))
        let days = orders.map { CalendarDay(of: moment, in: $0.account.timeZone) }
        let billing = try await Accounts.billing(of: accounts, in: tx)
        let methods = try await PaymentMethods.standard(of: accounts, in: tx)
        let places = zip(orders, days).map { order, day in
            billing[order.account.id]?.country.map { TaxRates.Place(country: $0, day: day) }
        }
        let rates = try await TaxRates.rates(Set(places.compactMap(\.self)), in: tx)
        let drafts = try zip(orders, places).map { order, place in
            try draft(
                for: order.subscription,
                of: order.account,
                billing[order.account.id],
                method: methods[order.account.id]?.kind,
                domain: order.domain,
                served: order.served,
                taxRate: place.flatMap { rates[$0] } ?? .zero
            )
        }
        var invoices = try await Invoices.create(drafts, createdBy: createdBy, in: tx)
        let holders = try await CustomerCredits.holders(among: accounts, in: tx)
        try await Invoices.issue(&invoices, at: moment, on: days, in: tx)
        try await Ledger.post(
            zip(invoices, days).filter { !$0.0.total.isZero }.map { try LedgerEntry.issued($0.value, on: $1) },
            in: tx
        )
        for index in invoices.indices {
            if holders.contains(invoices[index].accountID) {
                try await CustomerCredits.apply(to: &invoices[index], at: moment, on: days[index], in: tx)
            }
            // A run that is late by a month issues what has been earned already.
            if orders[index].served.to <= days[index] {
                try await EarnedRevenue.earn(&invoices[index], less: [], in: tx)
            }
        }
        return invoices
    }
}
