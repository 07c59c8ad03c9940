import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence

enum SubscriptionTransitionRoutes {
    static let endpoints = [onboard, pause, resume, cancel]

    private static let onboard = Endpoint(
        .post,
        "services/subscriptions/{id}/onboard/",
        .staff,
        "onboardSubscription",
        "Begin onboarding, or take it up where it stands"
    ) { call in
        try await call.write { write in
            let subscription = try await write.lockedSubscription(.init(try call.id()))
            guard subscription.status == .pending else {
                throw Problem.illegal(
                    IllegalTransition(
                        subject: SubscriptionStatus.subject,
                        from: subscription.status.rawValue,
                        transition: "onboard",
                        allowed: subscription.status.allowed.map(\.rawValue)
                    )
                )
            }
            let job = SubscriptionsJobs.onboard(subscription.id, account: subscription.accountID)
            let id = try await write.enqueue(job)
            try await write.audit(.updated, .subscription(subscription.value), Change(reason: "onboarding asked for"))
            return .accepted(job: id, task: job.task)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.flag = .managedServicesEnabled
        $0.success = .accepted
        $0.answer = .acceptedJob
    }

    private static let pause = transition(
        "pause",
        "Stop delivery and the next invoice; nothing is lost",
        as: { _ in .paused }
    ) {
        subscription,
        moment,
        _,
        _ in
        try subscription.pause(at: moment)
    }

    private static let resume = transition("resume", "Go on; free in a period that is paid", as: { _ in .resumed }) {
        subscription,
        moment,
        zone,
        _ in
        // What had begun before the pause is invoiced first, or its days would be lost between the two.
        if subscription.status == .paused {
            try subscription.requireInvoiced(on: CalendarDay(of: moment, in: zone), in: zone)
        }
        try subscription.resume(at: moment, in: zone)
    }

    private static let cancel = transition(
        "cancel",
        "End the service: at the end of what is paid, or at once",
        as: { $0.status == .cancelled ? .cancelled : .cancellationAgreed },
        fields: [.optional("immediately", .boolean, "End now; unused paid days are credited.")]
    ) { subscription, moment, zone, body in
        // After the end nobody would invoice the days that were served.
        try subscription.requireInvoiced(on: CalendarDay(of: moment, in: zone), in: zone)
        guard body["immediately"] == .bool(true) else {
            return try subscription.cancelAtPeriodEnd(at: moment, in: zone)
        }
        try subscription.cancel(at: moment)
    }

    private static func transition(
        _ name: String,
        _ summary: String,
        as action: @escaping @Sendable (ManagedSubscription) -> AuditAction,
        fields: [Schema.Field] = [],
        _ change: @escaping @Sendable (inout ManagedSubscription, Date, TimeZone, JSON) throws -> Void
    ) -> Endpoint {
        Endpoint(.post, "services/subscriptions/{id}/\(name)/", .staff, "\(name)Subscription", summary) { call in
            try await call.write { write in
                var subscription = try await write.lockedSubscription(.init(try call.id()))
                let account = try await Accounts.find(subscription.accountID, for: write.tenant, in: write.tx)
                let zone = account?.timeZone ?? .gmt
                let now = try await BusinessClock.now(in: write.tx)
                let before = subscription.value
                try change(&subscription.value, now, zone, call.body)
                try await ManagedSubscriptions.save(&subscription, in: write.tx)
                if subscription.status == .cancelled {
                    let notes = try await UnusedDays.credit(
                        before.id,
                        from: CalendarDay(of: now, in: zone),
                        at: now,
                        reason: "service cancelled",
                        createdBy: write.identity.userID,
                        for: write.tenant,
                        in: write.tx
                    )
                    for note in notes {
                        let invoice = note.invoiceID.rawValue
                        _ = try await write.enqueue(
                            SubscriptionsJobs.followUpInvoice(invoice, account: note.accountID)
                        )
                    }
                }
                if before.status == .paused, subscription.status == .active {
                    _ = try await write.enqueue(SubscriptionsJobs.bill(at: now.addingTimeInterval(60)))
                }
                try await write.audit(
                    action(subscription.value),
                    .subscription(subscription.value),
                    Change(
                        from: before.status.rawValue,
                        to: subscription.status.rawValue,
                        reason: call.body["reason"]?.string ?? ""
                    )
                )
                return try await write.answer(Resources.subscriptions, subscription.id.rawValue)
            }
        }.with {
            $0.scope = .servicesWrite
            $0.flag = .managedServicesEnabled
            $0.body = .object([.optional("reason", .text(max: 500), "Stands in the timeline.")] + fields)
            $0.answer = Resources.subscriptions.schema
            $0.hasETag = true
            $0.problems = [.conflict]
        }
    }
}

extension Schema {
    /// The answer to work that goes on in a job.
    static let acceptedJob = Schema.named(
        "AcceptedJob",
        .object([
            .required(
                "job",
                .object([
                    .required("id", .id), .required("task", .text(max: 64)),
                    .required("status", .oneOf(["queued"])), .required("url", .text(max: 200)),
                ])
            )
        ])
    )
}
