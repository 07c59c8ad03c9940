import DomainModel
import Foundation
import JobQueue
import Persistence

/// Sums the gate's decisions of the last whole week or month by account and feature, and values each refusal: what would
/// sell an upgrade. A run for the same days again writes the same rows anew.
struct ReportFeatureUsage: JobTask {
    static let name = "feature_usage_report"

    struct Payload: Codable, Sendable {
        let period: UsageFinding.Period
        /// The day it fell due, in UTC.
        let day: CalendarDay
    }

    let office: Office

    /// Decisions are summed by the hour and read here; after this many days only the reports remain.
    static let daysKept = 92

    func run(_ payload: Payload, _ context: JobContext) async throws {
        let (from, until) = payload.period.last(before: payload.day)
        try await office.transaction(context) { tx in
            let sums = try await FeatureUsage.sums(from: from, until: until, in: tx)
            let holdings = try await FeatureGrants.holdings(of: Array(Set(sums.map(\.accountID))), in: tx)
            let plans = try await Plans.all(in: tx).map(\.value)
            let prices = Dictionary(plans.map { ($0.key, $0.price) }) { first, _ in first }
            let gate = FeatureGate(plans: plans)
            var findings: [(account: Account.ID, finding: UsageFinding)] = []
            for sum in sums {
                guard let holding = holdings[sum.accountID] else { continue }
                let finding = try UsageFinding(
                    feature: sum.feature,
                    required: sum.required,
                    current: sum.current,
                    allowed: sum.allowed,
                    refused: sum.refused,
                    holding: holding,
                    // A plan that is sold no more has no price to compare with: the whole of the other is the value.
                    price: prices[holding.plan] ?? .zero(plans.first?.price.currency ?? .usd),
                    gate: gate
                )
                findings.append((sum.accountID, finding))
            }
            try await FeatureUsageReports.save(findings, payload.period, from: from, until: until, in: tx)
            if payload.period == .weekly {
                try await FeatureUsage.forget(before: payload.day.adding(days: -Self.daysKept), in: tx)
            }
            try await context.complete(
                result: ["accounts": holdings.count, "refusals": sums.reduce(0) { $0 + $1.refused }],
                in: tx
            )
        }
    }
}

extension ReportFeatureUsage {
    // When the period before is over in UTC.
    static let weekly = schedule("feature_usage_report", .weekly, cron: "0 4 * * 1")
    static let monthly = schedule("feature_usage_report_monthly", .monthly, cron: "0 4 1 * *")

    private static func schedule(_ name: String, _ period: UsageFinding.Period, cron: String) -> Schedule {
        Schedule(name: name, cron: cron, zone: .fixed("UTC")) { _, dueAt in
            let day = CalendarDay(of: dueAt, in: .gmt)
            return NewJob(
                queue: Queue.subscriptions,
                task: Self.name,
                account: nil,
                payload: Payload(period: period, day: day),
                uniqueKey: "\(period.rawValue):\(day)",
                runAt: dueAt
            )
        }
    }
}
