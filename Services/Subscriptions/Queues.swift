import DomainModel
import Foundation
import JobQueue
import Persistence

/// The lists this service talks over.
enum Queue {
    static let subscriptions = SubscriptionsJobs.queue
    static let core = "core"
}

struct ZoneReference: Codable, Sendable {
    let zone: String
}

// The jobs that tasks write. Those that others order too are told in ``SubscriptionsJobs``.
extension NewJob {
    /// The daily look at a blocked onboarding; one waits at a time.
    static func onboardLater(_ subscription: ManagedSubscription, at moment: Date) -> NewJob {
        var job = SubscriptionsJobs.onboard(subscription.id, account: subscription.accountID)
        job.uniqueKey = "later:\(subscription.id)"
        job.runAt = moment
        return job
    }

    /// An attempt at an invoice.
    /// - Parameter cause: sets a further attempt apart from the one that is planned: `method:7`.
    static func collect(
        _ invoice: Invoice.ID,
        of account: Account.ID,
        at moment: Date? = nil,
        because cause: String? = nil
    ) -> NewJob {
        var job = SubscriptionsJobs.collectPayment(invoice.rawValue, account: account)
        job.uniqueKey = ["invoice:\(invoice)", cause].compactMap(\.self).joined(separator: ":")
        job.runAt = moment
        return job
    }

    /// Asks about the attempt that is under way, and makes none. It has a key of its own, so that it never stands in the
    /// way of the attempt that dunning plans.
    static func ask(
        about invoice: Invoice.ID,
        of account: Account.ID,
        at moment: Date? = nil,
        because cause: String = "ask"
    ) -> NewJob {
        var job = collect(invoice, of: account, at: moment, because: cause)
        job.payload = SubscriptionsJobs.Invoice(invoiceID: invoice.rawValue, onlyOpen: true)
        return job
    }

    struct BlueprintRequest: Codable, Sendable {
        let subscription_id: Int64
        let site_id: Int64
        let mode: String
    }

    /// - Parameter version: which answer is asked for, from 1.
    static func generateBlueprint(for subscription: ManagedSubscription, version: Int) -> NewJob {
        NewJob(
            queue: Queue.core,
            task: "generate_blueprint",
            account: subscription.accountID.rawValue,
            payload: BlueprintRequest(
                subscription_id: subscription.id.rawValue,
                site_id: subscription.siteID.rawValue,
                mode: subscription.tier == .pro ? "detailed" : "quick"
            ),
            uniqueKey: "site:\(subscription.siteID):version:\(version)"
        )
    }

    struct ContentRequest: Codable, Sendable {
        let subscription_id: Int64
        let site_id: Int64
        let period_start: String
    }

    static func writeContent(for subscription: ManagedSubscription, month: CalendarMonth) -> NewJob {
        NewJob(
            queue: Queue.core,
            task: "write_content",
            account: subscription.accountID.rawValue,
            payload: ContentRequest(
                subscription_id: subscription.id.rawValue,
                site_id: subscription.siteID.rawValue,
                period_start: month.firstDay.description
            ),
            uniqueKey: "subscription:\(subscription.id):\(month)"
        )
    }
}
