import Foundation
import JobQueue
import Persistence

extension SubscriptionsService {
    /// All that this service does.
    static func tasks(_ office: Office) -> [any JobTask] {
        [
            OnboardManagedClient(office: office),
            StartDeliveryMonth(office: office),
            ResetMonthlyCounters(office: office),
            RecordPublishedContent(office: office),
            CheckDeliveryStatus(office: office),
            ProcessManagedBilling(office: office),
            EarnRevenue(office: office),
            PlanDeliveryMonth(office: office),
            FollowUpInvoice(office: office),
            FollowUpApproval(office: office),
            CheckOverdueDeliverables(office: office),
            CollectPayment(office: office),
            RegisterPaymentMethod(office: office),
            ProcessWebhook(office: office),
            RefundPayment(office: office),
            PreparePayPal(office: office),
            FetchCertificate(office: office),
            ReconcileGateways(office: office),
            SendEmail(office: office),
            GrantMonthlyCredits(office: office),
            DeliverWebhook(office: office),
            ForgetOutgoingEvents(office: office),
            MigratePlanFeatures(office: office),
            ReportFeatureUsage(office: office),
            AskForConsent(office: office),
        ]
    }

    /// When it does what by itself: on the wall clocks where the clients live.
    static let schedules: [Schedule] = [
        monthly(ResetMonthlyCounters.name),
        monthly(StartDeliveryMonth.name),
        Schedule(name: EarnRevenue.name, cron: "0 0 1 * *", zone: .perAccountZone) { _, dueAt in
            SubscriptionsJobs.earnRevenue(at: dueAt)
        },
        monthly(GrantMonthlyCredits.name),
        Schedule(name: ProcessManagedBilling.name, cron: "0 0 1 * *", zone: .perAccountZone) { _, dueAt in
            SubscriptionsJobs.bill(at: dueAt)
        },
        // At night in Europe and in America, when little is under way; three days, so that one lost night is caught up.
        Schedule(name: ReconcileGateways.name, cron: "30 5 * * *", zone: .fixed("UTC")) { _, dueAt in
            var job = SubscriptionsJobs.reconcile(days: 3)
            job.runAt = dueAt
            return job
        },
        Schedule(name: ForgetOutgoingEvents.name, cron: "45 3 * * *", zone: .fixed("UTC")) { _, dueAt in
            NewJob(
                queue: Queue.subscriptions,
                task: ForgetOutgoingEvents.name,
                account: nil,
                payload: NoPayload(),
                uniqueKey: "\(Int(dueAt.timeIntervalSince1970))",
                runAt: dueAt
            )
        },
        Schedule(name: CheckDeliveryStatus.name, cron: "0 5 * * *", zone: .perAccountZone) { zone, dueAt in
            inZone(CheckDeliveryStatus.name, zone, dueAt)
        },
        // Late enough for a mail, early enough for the staff's morning.
        Schedule(name: CheckOverdueDeliverables.name, cron: "15 6 * * *", zone: .fixed("UTC")) { _, dueAt in
            NewJob(
                queue: Queue.subscriptions,
                task: CheckOverdueDeliverables.name,
                account: nil,
                payload: NoPayload(),
                uniqueKey: "\(Int(dueAt.timeIntervalSince1970))",
                runAt: dueAt
            )
        },
        ReportFeatureUsage.weekly,
        ReportFeatureUsage.monthly,
    ]

    private static func monthly(_ task: String) -> Schedule {
        Schedule(name: task, cron: "0 0 1 * *", zone: .perAccountZone) { zone, dueAt in inZone(task, zone, dueAt) }
    }

    private static func inZone(_ task: String, _ zone: String, _ dueAt: Date) -> NewJob {
        NewJob(
            queue: Queue.subscriptions,
            task: task,
            account: nil,
            payload: ZoneReference(zone: zone),
            uniqueKey: "\(zone):\(Int(dueAt.timeIntervalSince1970))",
            runAt: dueAt
        )
    }
}
