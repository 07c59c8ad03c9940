import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    static func needs(_ scope: ReportScope, in tx: PostgresTransaction) async throws -> [ReportNeed] {
        try await approvals(scope, in: tx) + invoices(scope, in: tx) + steps(scope, in: tx)
            + (scope.console?.status == "consent_needed" ? [ReportNeed(kind: .searchConsole)] : [])
    }

    private static func approvals(_ scope: ReportScope, in tx: PostgresTransaction) async throws -> [ReportNeed] {
        try await tx.query(
            """
            select a.subject_kind, coalesce(c.title, o.id::text) as name, a.default_decision,
                \(fragment: scope.day("a.deadline_at")) as answer_by, o.currency,
                nullif(o.charged_total, 0) as amount
            from igny8_approvals a
            left join igny8_content c on a.subject_kind = 'content' and c.id = a.subject_id and c.account_id = a.account_id
            left join igny8_backlink_service_orders o
                on a.subject_kind = 'backlink_order' and o.id = a.subject_id and o.account_id = a.account_id
            left join igny8_sag_blueprints b
                on a.subject_kind = 'blueprint' and b.id = a.subject_id and b.account_id = a.account_id
            left join igny8_managed_service_subscriptions s on s.id = a.subscription_id and s.account_id = a.account_id
            where a.account_id = \(scope.account) and a.status = 'pending'
                and coalesce(c.site_id, o.site_id, b.site_id, s.site_id) = \(scope.site)
            order by a.deadline_at nulls last, a.id
            """
        ).map { row in
            ReportNeed(
                kind: .approval,
                subject: try row.decode("subject_kind"),
                name: try row.decode("name"),
                by: try row.day(ifAny: "answer_by"),
                otherwise: try row.decode("default_decision"),
                amount: try row.decode("amount", as: PostgresNumeric?.self) == nil
                    ? nil : row.money("amount", in: row.currency())
            )
        }
    }

    /// What was tried and failed, or has been open for a month.
    private static func invoices(_ scope: ReportScope, in tx: PostgresTransaction) async throws -> [ReportNeed] {
        try await tx.query(
            """
            select i.number, i.due, i.currency
            from igny8_invoices i
            where i.account_id = \(scope.account) and i.status in ('pending', 'uncollectible') and i.due > 0
                and (i.first_failed_at is not null or i.issued_at < igny8_now() - interval '30 days')
                and (exists (select from igny8_managed_service_subscriptions s
                        where s.id = i.subscription_id and s.account_id = i.account_id and s.site_id = \(scope.site))
                    or exists (select from igny8_backlink_service_orders o
                        where o.invoice_id = i.id and o.account_id = i.account_id and o.site_id = \(scope.site)))
            order by i.id
            """
        ).map { row in
            ReportNeed(
                kind: .invoice,
                name: try row.decode("number"),
                amount: try row.money("due", in: row.currency())
            )
        }
    }

    private static func steps(_ scope: ReportScope, in tx: PostgresTransaction) async throws -> [ReportNeed] {
        guard let subscription = scope.subscription else { return [] }
        return try await tx.query(
            """
            select t.step from igny8_onboarding_steps t
            where t.account_id = \(scope.account) and t.subscription_id = \(subscription)
                and t.status = 'blocked' and t.waits_for = 'client'
            order by t.position
            """
        ).map { row in ReportNeed(kind: .onboarding, subject: try row.decode("step")) }
    }

    /// Of what is told, where it comes from.
    static func sources(
        _ scope: ReportScope,
        _ data: ReportData,
        _ tally: LinkTally,
        _ snapshots: Snapshots
    ) -> [ReportSource] {
        func explained(_ figure: ReportFigure) -> ReportExplanation? { data.explanations.first { $0.figure == figure } }
        var sources: [ReportSource] = []
        func add(_ kind: ReportSource.Kind, _ sections: [ReportSection], _ readAt: Date?) {
            let used = sections.filter(data.sections.contains)
            if !used.isEmpty { sources.append(ReportSource(kind: kind, sections: used, readAt: readAt)) }
        }
        if scope.console != nil || explained(.clicks) != nil {
            add(.searchConsole, [.rankings, .traffic], explained(.clicks)?.fetchedAt ?? scope.console?.readAt)
        }
        if let pages = explained(.indexedPages) { add(.inspection, [.indexing], pages.fetchedAt) }
        if let readAt = snapshots.readAt { add(.ahrefs, [.rankings, .backlinks], readAt) }
        if tally.links > 0 { add(.linkChecks, [.backlinks], tally.readAt) }
        if let posts = explained(.posts) { add(.social, [.social], posts.fetchedAt) }
        add(.core, [.content, .sagHealth, .nextMonth], scope.now)
        if scope.subscription != nil || tally.links > 0 { add(.books, [.backlinks, .nextMonth], scope.now) }
        return sources
    }
}
