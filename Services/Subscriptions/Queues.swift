import DomainModel
import Foundation
import JobQueue
import Persistence

/// The lists this service talks over.
enum Queue {
    static let subscriptions = "subscriptions"
    static let core = "core"
}

struct SubscriptionReference: Codable, Sendable {
    let subscription_id: Int64
}

struct InvoiceReference: Codable, Sendable {
    let invoice_id: Int64
}

struct ZoneReference: Codable, Sendable {
    let zone: String
}

// The jobs that tasks write, each with the key that keeps it from being written twice.
extension NewJob {
    static func onboard(_ subscription: ManagedSubscription, at moment: Date? = nil) -> NewJob {
        NewJob(
            queue: Queue.subscriptions,
            task: OnboardManagedClient.name,
            account: subscription.accountID.rawValue,
            payload: SubscriptionReference(subscription_id: subscription.id.rawValue),
            uniqueKey: moment == nil ? "now:\(subscription.id)" : "later:\(subscription.id)",
            runAt: moment
        )
    }

    static func bill(at moment: Date) -> NewJob {
        NewJob(
            queue: Queue.subscriptions,
            task: ProcessManagedBilling.name,
            account: nil,
            payload: NoPayload(),
            uniqueKey: "at:\(Int(moment.timeIntervalSince1970))",
            runAt: moment
        )
    }

    /// - Parameter cause: sets a further attempt apart from the one that is planned: `method:7`.
    static func collect(
        _ invoice: Invoice.ID,
        of account: Account.ID,
        at moment: Date? = nil,
        because cause: String? = nil
    ) -> NewJob {
        NewJob(
            queue: Queue.subscriptions,
            task: CollectPayment.name,
            account: account.rawValue,
            payload: InvoiceReference(invoice_id: invoice.rawValue),
            uniqueKey: ["invoice:\(invoice)", cause].compactMap(\.self).joined(separator: ":"),
            runAt: moment
        )
    }

    static func send(_ email: Email.ID, of account: Account.ID) -> NewJob {
        NewJob(
            queue: Queue.subscriptions,
            task: SendEmail.name,
            account: account.rawValue,
            payload: SendEmail.Payload(email_id: email.rawValue),
            uniqueKey: "email:\(email)"
        )
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
