import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

extension Office {
    /// Invoices every period of a subscription that has begun and is not invoiced yet; ends it when its end has come.
    /// - Returns: how many invoices were issued.
    func billSubscription(_ id: ManagedSubscription.ID, in tx: PostgresTransaction) async throws -> Int {
        try await billSubscriptions([id], in: tx)
    }

    /// The same for several, in the fixed order of accounts and subscriptions, which is the order of their numbers; in as
    /// many statements as one takes.
    func billSubscriptions(_ ids: [ManagedSubscription.ID], in tx: PostgresTransaction) async throws -> Int {
        let system = Tenant.system(reason: "billing")
        var subscriptions = try await ManagedSubscriptions.hold(all: ids, for: system, in: tx)
        let now = try await BusinessClock.now(in: tx)
        let clients = try await BilledClients(of: subscriptions.map(\.value), for: system, in: tx)
        var orders: [ManagedInvoices.Order] = []
        var jobs: [NewJob] = []
        // Most are only billed further; terms that were waiting and ends that have come change more.
        var (billed, changed): ([Stored<ManagedSubscription>], [Int]) = ([], [])
        var ended: [(subscription: ManagedSubscription, before: SubscriptionStatus)] = []
        for index in subscriptions.indices {
            let read = subscriptions[index].value
            let (account, domain) = try clients.of(read)
            let today = CalendarDay(of: now, in: account.timeZone)
            let first = orders.count
            while let served = subscriptions[index].value.dueProration(on: today, in: account.timeZone) {
                let target = subscriptions[index].currentMonthTarget
                subscriptions[index].value.adoptNextTerms(from: served)
                orders.append(.init(subscriptions[index].value, of: account, domain: domain, served: served))
                subscriptions[index].value.invoiced(served)
                if subscriptions[index].currentMonthTarget != target {
                    jobs.append(SubscriptionsJobs.planMonth(read.id, account: account.id))
                }
            }
            if subscriptions[index].value.endsBy(today) {
                try subscriptions[index].value.cancel(at: now)
                ended.append((subscriptions[index].value, read.status))
                changed.append(index)
            } else if orders.count > first {
                let isOnlyBilled =
                    read.nextMonthlyPrice == nil && read.nextTier == nil && read.nextArticlesPerMonth == nil
                if isOnlyBilled { billed.append(subscriptions[index]) } else { changed.append(index) }
            }
        }
        try await issueInvoices(orders, at: now, following: jobs, in: tx)
        for (subscription, before) in ended {
            try note(
                .cancelled,
                on: .subscription(subscription),
                from: before.rawValue,
                to: SubscriptionStatus.cancelled.rawValue,
                because: "the agreed end has come"
            )
        }
        try await ManagedSubscriptions.saveBilled(billed, in: tx)
        for index in changed { try await ManagedSubscriptions.save(&subscriptions[index], in: tx) }
        return orders.count
    }
}

/// Whose subscriptions are billed, and for which sites.
private struct BilledClients {
    private let accounts: [Account.ID: Account]
    private let sites: [Site.ID: Domain]

    init(of subscriptions: [ManagedSubscription], for tenant: Tenant, in tx: PostgresTransaction) async throws {
        let accounts = try await Accounts.find(all: Array(Set(subscriptions.map(\.accountID))), for: tenant, in: tx)
        let sites = try await Sites.find(all: subscriptions.map(\.siteID), for: tenant, in: tx)
        self.accounts = Dictionary(accounts.map { ($0.id, $0.value) }) { first, _ in first }
        self.sites = Dictionary(sites.map { ($0.id, $0.domain) }) { first, _ in first }
    }

    func of(_ subscription: ManagedSubscription) throws(MissingRow) -> (Account, Domain) {
        guard let account = accounts[subscription.accountID] else {
            throw MissingRow(what: "account \(subscription.accountID)")
        }
        guard let domain = sites[subscription.siteID] else { throw MissingRow(what: "site \(subscription.siteID)") }
        return (account, domain)
    }
}
