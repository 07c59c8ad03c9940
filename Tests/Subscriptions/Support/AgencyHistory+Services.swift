import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import Testing

@testable import Subscriptions

/// What happens to services: sold, paused, cancelled, changed, moved.
extension AgencyHistory {
    mutating func sell(to existing: Account.ID? = nil) async throws {
        names += 1
        let name = "c\(names)"
        let (zone, country) = (chance.pick(Self.zones), chance.isOne(in: 2) ? "GB" : nil)
        let price = Money(minor: Int64(chance.isOne(in: 10) ? 0 : chance.roll(1...60_000)), currency: .usd)
        let articles = chance.roll(0...40)
        let account = try await transaction { tx in
            let account: Account.ID
            if let existing {
                account = existing
            } else {
                account = try await Accounts.create(
                    name: name,
                    plan: .scale,
                    timeZoneName: zone,
                    currency: .usd,
                    billingEmail: try #require(EmailAddress("billing@\(name).example")),
                    in: tx
                ).id
                try await Accounts.save(billing: BillingDetails(country: country), of: account, in: tx)
            }
            let industry = try #require(try await Industries.all(in: tx).first)
            let site = try await Sites.create(
                account: account,
                domain: try #require(Domain("\(name).example")),
                name: name,
                url: "https://\(name).example/",
                industry: industry.id,
                in: tx
            )
            var subscription = try await ManagedSubscriptions.create(
                account: account,
                site: site.id,
                tier: .pro,
                monthlyPrice: price,
                articlesPerMonth: articles,
                serviceConfig: .defaults(for: .pro),
                in: tx
            )
            let now = try await BusinessClock.now(in: tx)
            let zone = try #require(try await Accounts.find(account, for: Agency.system, in: tx)).timeZone
            try subscription.value.activate(at: now, in: zone)
            try await ManagedSubscriptions.save(&subscription, in: tx)
            try await agency.producer.enqueue(SubscriptionsJobs.bill(at: now.addingTimeInterval(60)), in: tx)
            return account
        }
        guard existing == nil else { return }
        clients.append(account)
        guard !chance.isOne(in: 5) else { return }
        try await card(of: account)
    }

    mutating func subscription(_ states: [String]) async throws -> ManagedSubscription.ID? {
        let ids = try await transaction { tx in
            try await tx.query(
                "select id from igny8_managed_service_subscriptions where status = any(\(states)) order by id"
            ).map { row in try ManagedSubscription.ID(row.decode("id")) }
        }
        return ids.randomElement(using: &chance)
    }

    /// Runs a change of a subscription as a route does: its row held, at one moment of its account's zone.
    func change(
        _ id: ManagedSubscription.ID?,
        _ body: @Sendable (PostgresTransaction, inout Stored<ManagedSubscription>, Account, Date) async throws -> Void
    ) async throws {
        guard let id else { return }
        try await transaction { tx in
            guard
                var subscription = try await ManagedSubscriptions.find(
                    id,
                    for: Agency.system,
                    lock: .forUpdate,
                    in: tx
                ),
                let account = try await Accounts.find(subscription.accountID, for: Agency.system, in: tx)
            else { return }
            try await body(tx, &subscription, account.value, BusinessClock.now(in: tx))
        }
    }

    mutating func pauseOrResume() async throws {
        let producer = agency.producer
        try await change(try await subscription(["active", "paused"])) { tx, subscription, account, now in
            if subscription.status == .active {
                try subscription.value.pause(at: now)
            } else {
                let today = CalendarDay(of: now, in: account.timeZone)
                try subscription.value.requireInvoiced(on: today, in: account.timeZone)
                try subscription.value.resume(at: now, in: account.timeZone)
                try await producer.enqueue(SubscriptionsJobs.bill(at: now.addingTimeInterval(60)), in: tx)
            }
            try await ManagedSubscriptions.save(&subscription, in: tx)
        }
    }

    mutating func cancel() async throws {
        let (isAtOnce, producer) = (chance.isOne(in: 2), agency.producer)
        guard chance.isOne(in: 2) else { return }
        try await change(try await subscription(["active", "paused"])) { tx, subscription, account, now in
            let today = CalendarDay(of: now, in: account.timeZone)
            try subscription.value.requireInvoiced(on: today, in: account.timeZone)
            if isAtOnce {
                try subscription.value.cancel(at: now)
            } else {
                try subscription.value.cancelAtPeriodEnd(at: now, in: account.timeZone)
            }
            try await ManagedSubscriptions.save(&subscription, in: tx)
            guard subscription.status == .cancelled else { return }
            let notes = try await UnusedDays.credit(
                subscription.id,
                from: today,
                at: now,
                reason: "service cancelled",
                for: Agency.system,
                in: tx
            )
            for note in notes {
                let job = SubscriptionsJobs.followUpInvoice(note.invoiceID.rawValue, account: account.id)
                try await producer.enqueue(job, in: tx)
            }
        }
    }

    /// A change of terms, previewed and applied in one transaction: what is done is what was reckoned.
    mutating func change() async throws {
        let terms = ServiceTerms(
            tier: chance.pick([.lite, .pro]),
            monthlyPrice: Money(minor: Int64(chance.roll(0...60_000)), currency: .usd),
            articlesPerMonth: chance.roll(0...40)
        )
        let (timing, producer) = (chance.pick([SubscriptionChange.Timing.now, .now, .nextPeriod]), agency.producer)
        try await change(try await subscription(["active", "paused"])) { tx, subscription, account, now in
            let domain = try #require(
                try await Sites.find(subscription.siteID, for: Agency.system, in: tx)
            ).domain
            let preview = try await SubscriptionChanges.reckon(
                subscription.value,
                to: terms,
                timing,
                account: account,
                domain: domain,
                at: now,
                in: tx
            )
            let invoice = try await SubscriptionChanges.apply(
                preview,
                to: &subscription,
                account: account,
                domain: domain,
                at: now,
                in: tx
            )
            #expect((invoice?.value.due ?? .zero(.usd)) == preview.dueNow)
            #expect((invoice?.total ?? .zero(.usd)) == preview.invoiced)
            #expect(subscription.currentMonthTarget == preview.targetAfter)
            if let invoice {
                let job = SubscriptionsJobs.collectPayment(invoice.id.rawValue, account: account.id)
                try await producer.enqueue(job, in: tx)
            }
        }
    }

    mutating func move() async throws {
        guard let account = clients.randomElement(using: &chance) else { return }
        let zone = chance.pick(Self.zones)
        try await transaction { tx in
            try await tx.query("update igny8_accounts set time_zone = \(zone) where id = \(account.rawValue)")
            let soon = try await BusinessClock.now(in: tx).addingTimeInterval(60)
            try await agency.producer.enqueue(SubscriptionsJobs.afterMove(of: account, at: soon), in: tx)
        }
    }
}
