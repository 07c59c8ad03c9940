import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    static func losses(
        _ scope: ReportScope,
        _ tally: LinkTally,
        _ traffic: TrafficFacts?,
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws {
        data.losses.suspected = tally.suspected
        data.losses.replaced = tally.replaced
        data.losses.rejected = tally.rejected
        data.losses.lateLinks = tally.late
        let publishers = try await lostLinks(scope, &data.losses, in: tx)
        let links = data.losses.links
        data.losses.anomalies =
            largest(links.map(\.sourceDomain), .lossesOnHost)
            // The publisher says more than the host only where the hosts differ.
            + (largest(links.map(\.sourceDomain), .lossesOnHost).isEmpty ? largest(publishers, .lossesOfPublisher) : [])
            + largest(links.compactMap(\.verdict), .lossesOfOneKind, of: links.count)
            + data.losses.anomalies
        try await delays(scope, &data.losses, in: tx)
        try await refunds(scope, &data.losses, in: tx)
        data.losses.indexingFailures = try await indexingFailures(scope, in: tx)
    }

    /// What most have in common.
    private static func largest(
        _ names: [String],
        _ kind: ReportAnomaly.Kind,
        of whole: Int? = nil
    ) -> [ReportAnomaly] {
        let counts = Dictionary(grouping: names, by: \.self).mapValues(\.count)
        guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return [] }
        return anomaly(kind, most.key, most.value, of: whole ?? names.count)
    }

    /// - Returns: the publishers' domains of the lost links that have one.
    private static func lostLinks(
        _ scope: ReportScope,
        _ losses: inout LossFacts,
        in tx: PostgresTransaction
    ) async throws -> [String] {
        let rows = try await tx.query(
            """
            select l.id, l.source_url, l.source_domain, l.target_url, l.source_dr, l.lost_reason, l.last_verdict,
                l.http_status, l.order_id, \(fragment: scope.day("l.lost_at")) as lost_on,
                publisher.domain as publisher, other.id as other_id, other.source_domain as other_domain,
                other.status as other_status, claim.status as claim, looks.witnesses, looks.verdicts, looks.statuses,
                looks.days
            from igny8_sag_backlinks l
            left join igny8_publishers publisher on publisher.id = l.publisher_id
            left join lateral (
                select r.id, r.source_domain, r.status from igny8_sag_backlinks r
                where r.replaces_id = l.id and r.account_id = l.account_id and r.status not in ('lost', 'rejected')
                order by r.id desc limit 1
            ) other on true
            left join lateral (
                select c.status from igny8_link_claims c
                where c.backlink_id = l.id and c.account_id = l.account_id order by c.id desc limit 1
            ) claim on true
            left join lateral (
                select array_agg(k.witness order by k.id) as witnesses, array_agg(k.verdict order by k.id) as verdicts,
                    array_agg(k.http_status order by k.id) as statuses,
                    array_agg(\(fragment: scope.day("k.checked_at")) order by k.id) as days
                from (
                    select * from igny8_backlink_checks k
                    where k.backlink_id = l.id and k.account_id = l.account_id and k.verdict not in ('live', 'nofollow')
                        and k.checked_at <= l.lost_at
                    order by k.id desc limit 2
                ) k
            ) looks on true
            where \(fragment: scope.owns("l")) and l.lost_at >= \(fragment: scope.from) and l.lost_at < \(fragment: scope.to)
            order by l.lost_at, l.id
            """
        )
        var publishers: [String] = []
        for row in rows {
            if let publisher = try row.decode("publisher", as: String?.self) { publishers.append(publisher) }
            let days = try row.decode("days", as: [PostgresDay]?.self) ?? []
            let witnesses = try row.decode("witnesses", as: [String]?.self) ?? []
            let verdicts = try row.decode("verdicts", as: [String]?.self) ?? []
            let statuses = try row.decode("statuses", as: [Int32?]?.self) ?? []
            losses.links.append(
                LossFacts.LostLink(
                    id: try row.decode("id"),
                    sourceURL: try row.decode("source_url", as: String?.self) ?? "",
                    sourceDomain: try row.decode("source_domain", as: String?.self) ?? "",
                    targetURL: try row.decode("target_url"),
                    rating: try row.decode("source_dr"),
                    lostOn: try row.day("lost_on"),
                    reason: try row.decode("lost_reason", as: String?.self) ?? "",
                    verdict: try row.decode("last_verdict"),
                    httpStatus: try row.decode("http_status"),
                    evidence: zip(zip(witnesses, verdicts), zip(statuses, days)).compactMap { names, found in
                        guard let day = CalendarDay(found.1) else { return nil }
                        return LossFacts.Look(
                            witness: names.0,
                            verdict: names.1,
                            httpStatus: found.0.map { Int($0) },
                            on: day
                        )
                    },
                    replacement: try row.decode("other_id", as: Int64?.self).map { _ in
                        LossFacts.Replacement(
                            sourceDomain: try row.decode("other_domain"),
                            status: try row.decode("other_status")
                        )
                    },
                    claim: try row.decode("claim"),
                    orderNumber: try row.decode("order_id")
                )
            )
        }
        return publishers
    }

    /// Lost links and failed indexing are told by themselves; what is paid late is the client's and stands in what is needed.
    private static func delays(
        _ scope: ReportScope,
        _ losses: inout LossFacts,
        in tx: PostgresTransaction
    ) async throws {
        for row in try await tx.query(
            """
            select f.kind, f.detail, \(fragment: scope.day("f.since")) as since,
                \(fragment: scope.day("f.cleared_at")) as cleared_on
            from igny8_delivery_flags f
            join igny8_managed_service_subscriptions s on s.id = f.subscription_id and s.account_id = f.account_id
            where f.account_id = \(scope.account) and s.site_id = \(scope.site)
                and f.kind in ('content_behind', 'links_behind', 'report_late', 'onboarding_blocked')
                and f.since < \(fragment: scope.to) and (f.cleared_at is null or f.cleared_at >= \(fragment: scope.from))
            order by f.since, f.id
            """
        ) {
            let cleared = try row.day(ifAny: "cleared_on")
            losses.delays.append(
                LossFacts.Delay(
                    kind: try row.word("kind"),
                    detail: try row.decode("detail"),
                    since: try row.day("since"),
                    // What was cleared later stood at the end of the period.
                    clearedOn: cleared.flatMap { $0 <= scope.period.end ? $0 : nil }
                )
            )
        }
    }

    private static func refunds(
        _ scope: ReportScope,
        _ losses: inout LossFacts,
        in tx: PostgresTransaction
    ) async throws {
        for row in try await tx.query(
            """
            select n.number, invoice.number as invoice, n.net + n.tax as amount, n.currency, n.reason,
                \(fragment: scope.day("n.issued_at")) as issued_on
            from igny8_credit_notes n
            join igny8_invoices invoice on invoice.id = n.invoice_id and invoice.account_id = n.account_id
            where n.account_id = \(scope.account) and n.issued_at >= \(fragment: scope.from)
                and n.issued_at < \(fragment: scope.to)
                and (exists (select from igny8_managed_service_subscriptions s
                        where s.id = invoice.subscription_id and s.account_id = n.account_id and s.site_id = \(scope.site))
                    or exists (select from igny8_backlink_service_orders o
                        where o.invoice_id = invoice.id and o.account_id = n.account_id and o.site_id = \(scope.site)))
            order by n.id
            """
        ) {
            losses.refunds.append(
                LossFacts.Refund(
                    number: try row.decode("number"),
                    invoiceNumber: try row.decode("invoice"),
                    amount: try row.money("amount", in: row.currency()),
                    issuedOn: try row.day("issued_on"),
                    reason: try row.decode("reason")
                )
            )
        }
    }

    private static func indexingFailures(
        _ scope: ReportScope,
        in tx: PostgresTransaction
    ) async throws -> [LossFacts.IndexingFailure] {
        try await tx.query(
            """
            select r.url, r.check_count, \(fragment: scope.day("r.submitted_at")) as submitted_on
            from igny8_backlink_indexing_requests r
            where \(fragment: scope.owns("r")) and r.status = 'failed'
                and r.last_check_at >= \(fragment: scope.from) and r.last_check_at < \(fragment: scope.to)
            order by r.id
            """
        ).map { row in
            LossFacts.IndexingFailure(
                url: try row.decode("url"),
                checks: try row.decode("check_count"),
                submittedOn: try row.day(ifAny: "submitted_on")
            )
        }
    }
}
