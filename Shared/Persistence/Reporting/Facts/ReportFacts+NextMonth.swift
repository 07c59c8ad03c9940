import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    static func nextMonth(
        _ scope: ReportScope,
        _ tally: LinkTally,
        in tx: PostgresTransaction
    ) async throws -> ReportPart<NextMonthFacts> {
        var facts = NextMonthFacts(articlesAgreed: scope.articlesPerMonth)
        facts.topics = try await tx.query(
            """
            select t.title, t.content_structure, k.name, \(fragment: scope.day("t.due_at")) as due_on
            from igny8_tasks t
            join igny8_clusters k on k.id = t.cluster_id and k.account_id = t.account_id
            where \(fragment: scope.owns("t")) and t.status = 'queued' and not t.is_deleted
                and (t.due_at is null or t.due_at < \(fragment: scope.start(of: horizon(scope.period))))
            order by t.due_at nulls last, t.id limit 40
            """
        ).map { row in
            NextMonthFacts.Topic(
                title: try row.decode("title"),
                structure: try row.decode("content_structure"),
                cluster: try row.decode("name"),
                dueOn: try row.day(ifAny: "due_on")
            )
        }
        if scope.hasCampaigns {
            for row in try await tx.query(
                """
                select c.name, c.monthly_plan from igny8_sag_campaigns c
                where \(fragment: scope.owns("c")) and c.status = 'active' order by c.id
                """
            ) {
                let plan: CampaignPlan = try row.json("monthly_plan")
                let budget = try? Money(decimal: plan.budget, currency: scope.currency)
                facts.linksPlanned += plan.links
                facts.campaigns.append(
                    .init(
                        name: try row.decode("name"),
                        links: plan.links,
                        budget: budget.flatMap { $0.isPositive ? $0 : nil },
                        targets: plan.targetPages
                    )
                )
            }
        }
        facts.linksUnderWay = tally.underWay
        guard !facts.topics.isEmpty || !facts.campaigns.isEmpty || facts.linksUnderWay > 0 else {
            return scope.subscription == nil ? .notInUse : .empty
        }
        return .data(facts)
    }

    /// The first day that is no longer "next": the period after this one is over, and a month has been.
    private static func horizon(_ period: ReportPeriod) -> CalendarDay {
        let next = ReportPeriod(period.type, containing: period.end.adding(days: 1)).end.adding(days: 1)
        return max(next, period.end.adding(days: 32))
    }
}
