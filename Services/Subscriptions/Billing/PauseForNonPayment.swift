import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

extension Office {
    /// active → paused, when dunning has come to its end; the client is told.
    func pauseForNonPayment(
        _ id: ManagedSubscription.ID,
        _ invoice: Invoice,
        _ account: Account,
        in tx: PostgresTransaction
    ) async throws {
        let tenant = Tenant.account(account.id)
        guard var subscription = try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx),
            subscription.status == .active
        else { return }
        try await pause(&subscription, unpaid: invoice, account, in: tx)
    }

    /// Pauses a subscription when an invoice that is not tried any more has been unpaid for as long as dunning takes: a
    /// hard decline, or no method at all.
    func pauseIfUnpaid(
        _ subscription: inout Stored<ManagedSubscription>,
        today: CalendarDay,
        in tx: PostgresTransaction
    ) async throws {
        let account = try await account(subscription.accountID, in: tx)
        let open = try await Invoices.open(of: account.id, in: tx).filter { $0.subscriptionID == subscription.id }
        let overdue = open.first { invoice in
            guard let failed = invoice.firstFailedAt, invoice.nextAttemptAt == nil else { return false }
            let first = CalendarDay(of: failed, in: account.timeZone)
            return DunningSchedule.standard.lastDay(from: first) <= today
        }
        guard let overdue else { return }
        try await pause(&subscription, unpaid: overdue.value, account, in: tx)
    }

    private func pause(
        _ subscription: inout Stored<ManagedSubscription>,
        unpaid invoice: Invoice,
        _ account: Account,
        in tx: PostgresTransaction
    ) async throws {
        let client = try await client(of: subscription.value, in: tx)
        try subscription.value.pause(at: client.now)
        try await ManagedSubscriptions.save(&subscription, in: tx)
        let number = invoice.number?.description ?? ""
        try await send(
            .servicePaused(
                contact: client.contact.name,
                site: client.site.domain.name,
                invoice: number,
                total: invoice.due,
                house: house
            ),
            to: account.billingEmail,
            key: "service_paused:\(number)",
            account: account.id,
            subscription: subscription.id,
            in: tx
        )
        try note(
            .paused,
            on: .subscription(subscription.value),
            from: SubscriptionStatus.active.rawValue,
            to: SubscriptionStatus.paused.rawValue,
            because: Self.unpaidReason
        )
    }

    /// Clears an invoice's flag once nothing is owed on it, and lets the service go on that was paused for want of payment.
    /// One that was given up keeps the service paused: its client has not paid.
    func clearPaymentFlag(
        after invoice: Invoice,
        _ account: Account,
        now: Date,
        in tx: PostgresTransaction
    ) async throws {
        guard invoice.status != .pending, invoice.status != .draft else { return }
        let tenant = Tenant.account(account.id)
        let wasRaised = try await DeliveryFlags.clear(
            .paymentFailed,
            on: .invoice(invoice.id),
            because: "the invoice is \(invoice.status.rawValue)",
            for: tenant,
            in: tx
        )
        guard wasRaised, invoice.status != .uncollectible, let id = invoice.subscriptionID,
            var subscription = try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx),
            subscription.status == .paused,
            try await AuditLog.lastReason(of: .paused, on: id, for: tenant, in: tx) == Self.unpaidReason
        else { return }
        let stillFailing = try await Invoices.open(of: account.id, in: tx)
            .contains { $0.subscriptionID == id && $0.firstFailedAt != nil }
        guard !stillFailing else { return }
        // What had begun before the pause is invoiced first, or its days would be lost between the two.
        let today = CalendarDay(of: now, in: account.timeZone)
        if subscription.value.dueProration(on: today, in: account.timeZone) != nil {
            _ = try await billSubscription(id, in: tx)
            guard let billed = try await ManagedSubscriptions.find(id, for: tenant, lock: .forUpdate, in: tx) else {
                return
            }
            subscription = billed
        }
        try subscription.value.resume(at: now, in: account.timeZone)
        try await ManagedSubscriptions.save(&subscription, in: tx)
        try await producer.enqueue(SubscriptionsJobs.bill(at: now.addingTimeInterval(60)), in: tx)
        let client = try await client(of: subscription.value, in: tx)
        try await send(
            .serviceResumed(contact: client.contact.name, site: client.site.domain.name, house: house),
            to: account.billingEmail,
            key: "service_resumed:\(invoice.number?.description ?? "")",
            account: account.id,
            subscription: id,
            in: tx
        )
        try note(
            .resumed,
            on: .subscription(subscription.value),
            from: SubscriptionStatus.paused.rawValue,
            to: SubscriptionStatus.active.rawValue,
            because: "what was owed has been paid"
        )
    }

    /// How the audit log tells a pause by dunning from one that was asked for.
    static let unpaidReason = "an invoice has not been paid for two weeks"
}
