import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

@testable import Subscriptions

/// Plays the IGNY8 core: blueprints with an approval that the client gives two hours later, articles published when due.
struct FakeCore {
    let store: Store
    let producer: JobProducer
    /// Whether the client approves the first version or asks for another.
    var isPicky = false

    var tasks: [any JobTask] {
        [Blueprint(core: self), Click(core: self), Write(core: self), Publish(core: self)]
    }

    private static let system = Tenant.system(reason: "the core")

    private func transaction(
        _ context: JobContext,
        _ body: (PostgresTransaction) async throws -> Void
    ) async throws {
        try await store.transaction(as: Self.system, actor: "core") { tx in
            try await body(tx)
            try await context.complete(in: tx)
        }
    }

    struct Blueprint: JobTask {
        static let name = "generate_blueprint"
        let core: FakeCore

        func run(_ request: NewJob.BlueprintRequest, _ context: JobContext) async throws {
            try await core.transaction(context) { tx in
                let blueprint: Int64 = try await tx.query(
                    """
                    insert into igny8_sag_blueprints (account_id, site_id, mode, status, version)
                    select account_id, id, \(request.mode), 'review', (select count(*)::int + 1 from igny8_sag_blueprints
                        where site_id = \(request.site_id)) from igny8_sites where id = \(request.site_id)
                    returning id
                    """
                )[0].decode("id")
                for (priority, name) in ["Cards", "Posters", "Banners"].enumerated() {
                    try await tx.query(
                        """
                        insert into igny8_sag_clusters (account_id, site_id, blueprint_id, name, hub_title,
                            supporting_titles, priority)
                        select account_id, id, \(blueprint), \(name), \("All about \(name)"),
                            \((1...4).map { "\(name) \($0)" }), \(priority)
                        from igny8_sites where id = \(request.site_id)
                        """
                    )
                }
                let subscription = ManagedSubscription.ID(request.subscription_id)
                guard let found = try await ManagedSubscriptions.find(subscription, for: FakeCore.system, in: tx)
                else { return }
                let approval = try await Approvals.request(
                    .blueprint,
                    blueprint,
                    account: found.accountID,
                    subscription: subscription,
                    in: tx
                )
                let later = try await BusinessClock.now(in: tx).addingTimeInterval(7_200)
                try await core.producer.enqueue(
                    [
                        SubscriptionsJobs.onboard(found.id, account: found.accountID),
                        NewJob(
                            queue: "core",
                            task: Click.name,
                            account: found.accountID.rawValue,
                            payload: Click.Payload(
                                approval: approval.id.rawValue,
                                subscription: request.subscription_id,
                                isFirst: request.mode != "" && blueprint == blueprint
                            ),
                            runAt: later
                        ),
                    ],
                    in: tx
                )
            }
        }
    }

    struct Click: JobTask {
        static let name = "click"
        struct Payload: Codable, Sendable {
            let approval: Int64
            let subscription: Int64
            let isFirst: Bool
        }
        let core: FakeCore

        func run(_ payload: Payload, _ context: JobContext) async throws {
            try await core.transaction(context) { tx in
                guard
                    var approval = try await Approvals.find(
                        Approval.ID(payload.approval),
                        for: FakeCore.system,
                        lock: .forUpdate,
                        in: tx
                    ),
                    let subscription = try await ManagedSubscriptions.find(
                        ManagedSubscription.ID(payload.subscription),
                        for: FakeCore.system,
                        in: tx
                    )
                else { return }
                let now = try await BusinessClock.now(in: tx)
                let versions = try await tx.query(
                    "select id from igny8_sag_blueprints where site_id = \(subscription.siteID.rawValue)"
                )
                if core.isPicky, versions.count == 1 {
                    try approval.value.requestChanges(by: nil, at: now, comment: "more posters")
                } else {
                    try approval.value.approve(by: nil, at: now)
                }
                try await Approvals.save(&approval, in: tx)
                try await core.producer.enqueue(
                    SubscriptionsJobs.onboard(subscription.id, account: subscription.accountID),
                    in: tx
                )
            }
        }
    }

    struct Write: JobTask {
        static let name = "write_content"
        let core: FakeCore

        func run(_ request: NewJob.ContentRequest, _ context: JobContext) async throws {
            try await core.transaction(context) { tx in
                let rows = try await tx.query(
                    """
                    select id, account_id, due_at from igny8_tasks where managed_subscription_id = \(request.subscription_id)
                        and period_start::text = \(request.period_start) order by period_position
                    """
                )
                for row in rows {
                    let task: Int64 = try row.decode("id")
                    try await core.producer.enqueue(
                        NewJob(
                            queue: "core",
                            task: Publish.name,
                            account: try row.decode("account_id"),
                            payload: Publish.Payload(task: task),
                            uniqueKey: "task:\(task)",
                            runAt: try row.decode("due_at", as: Date.self)
                        ),
                        in: tx
                    )
                }
            }
        }
    }

    struct Publish: JobTask {
        static let name = "publish"
        struct Payload: Codable, Sendable { let task: Int64 }
        let core: FakeCore

        func run(_ payload: Payload, _ context: JobContext) async throws {
            try await core.transaction(context) { tx in
                let written = try await tx.query(
                    """
                    insert into igny8_content (account_id, site_id, sector_id, cluster_id, task_id, title, status, published_at)
                    select account_id, site_id, sector_id, cluster_id, id, title, 'published', igny8_now()
                    from igny8_tasks where id = \(payload.task)
                    on conflict (task_id) where not is_deleted do nothing returning site_id, account_id
                    """
                )
                guard let row = written.first else { return }
                let site: Int64 = try row.decode("site_id")
                try await core.producer.enqueue(
                    NewJob(
                        queue: "subscriptions",
                        task: RecordPublishedContent.name,
                        account: try row.decode("account_id"),
                        payload: RecordPublishedContent.Payload(site_id: site),
                        uniqueKey: "site:\(site)"
                    ),
                    in: tx
                )
            }
        }
    }
}
