public import DomainModel
public import Foundation
public import Postgres

/// What a client has agreed to beforehand, in the service configuration of a site (spec 2): orders up to an amount without
/// asking, and so much a month for links in all.
public struct AgreedSpending: Hashable, Sendable {
    /// Up to here an order needs no approval; nothing where nothing is agreed.
    public let autoApproveUnder: Money
    /// What the running month has left of the agreed budget.
    public let budgetLeft: Money

    /// Whether an order may go on without a question.
    public func autoApproves(_ amount: Money) throws(MoneyError) -> Bool {
        guard autoApproveUnder.isPositive else { return false }
        return try !autoApproveUnder.isLess(than: amount)
    }

    /// Whether the budget covers an order.
    public func covers(_ amount: Money) throws(MoneyError) -> Bool {
        guard budgetLeft.isPositive else { return false }
        return try !budgetLeft.isLess(than: amount)
    }

    /// Reads what counts for an order now. The subscription is held until the end of the transaction: two orders cannot
    /// both take the last of a budget.
    public static func read(
        for order: BacklinkOrder,
        at moment: Date,
        of account: Account,
        in tx: PostgresTransaction
    ) async throws -> AgreedSpending {
        let currency = order.price.clientPrice.currency
        let tenant = Tenant.account(account.id)
        let nothing = AgreedSpending(autoApproveUnder: .zero(currency), budgetLeft: .zero(currency))
        guard currency == account.currency else { return nothing }
        let subscription =
            if let id = order.subscriptionID {
                try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx)
            } else {
                try await ManagedSubscriptions.current(of: order.siteID, for: tenant, lock: .forUpdate, in: tx)
            }
        guard let subscription, subscription.status == .active else { return nothing }
        let agreed = subscription.serviceConfig.backlinks
        let month = CalendarDay(of: moment, in: account.timeZone).calendarMonth
        let spent = try await tx.query(
            """
            select coalesce(sum(case pricing when 'package' then charged_total
                else greatest(charged_total, igny8_round_half_even(expected_cost * cost_factor,
                    igny8_currency_exponent(currency))) end), 0) as spent
            from igny8_backlink_service_orders
            where site_id = \(order.siteID.rawValue) and account_id = \(account.id.rawValue)
                and currency = \(currency.code) and status not in ('draft', 'cancelled')
                and approved_at >= \(month.firstDay.start(in: account.timeZone))
            """
        ).only().money("spent", in: currency)
        return try AgreedSpending(
            autoApproveUnder: Money(decimal: agreed.autoApproveUnder, currency: currency),
            budgetLeft: Money(decimal: agreed.monthlyBudget, currency: currency) - spent
        )
    }
}
