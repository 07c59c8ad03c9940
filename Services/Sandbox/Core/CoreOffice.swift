import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres
import WebClient

/// What the core's tasks share. The core is another system on the same database: it reads and writes rows under the
/// account's own row security, and speaks to us by jobs.
struct CoreOffice: Sendable {
    let store: Store
    let producer: JobProducer
    let client: WebClient

    static let queue = "core"
    private static let subscriptions = "subscriptions"

    struct SubscriptionReference: Codable, Sendable {
        var subscription_id: Int64
    }

    struct SiteReference: Codable, Sendable {
        var site_id: Int64
    }

    /// Tells our side that something onboarding waits for has come. Without a unique key: one that runs already may
    /// have looked before.
    static func goOnOnboarding(_ subscription: Int64, of account: Int64) -> NewJob {
        NewJob(
            queue: subscriptions,
            task: "onboard_managed_client",
            account: account,
            payload: SubscriptionReference(subscription_id: subscription)
        )
    }

    static func recordPublished(_ site: Int64, of account: Int64) -> NewJob {
        NewJob(
            queue: subscriptions,
            task: "record_published_content",
            account: account,
            payload: SiteReference(site_id: site)
        )
    }

    /// Whose job it is; the core works for accounts only.
    static func tenant(_ context: JobContext) throws(JobError) -> (tenant: Tenant, account: Account.ID) {
        guard let account = context.account else { throw .permanent("the job names no account") }
        return (.account(Account.ID(account)), Account.ID(account))
    }

    static func actor(_ context: JobContext) -> String { "job:\(context.id)" }
}

extension RetryPolicy {
    /// The core is patient: 100 attempts at most ten seconds apart outlast any fault a rehearsal plays.
    static let patient = RetryPolicy(maxAttempts: 100, base: .milliseconds(200), longest: .seconds(10))
}
