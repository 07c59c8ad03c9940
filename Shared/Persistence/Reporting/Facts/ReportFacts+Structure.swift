import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    static func structure(
        _ scope: ReportScope,
        _ trend: [Metric],
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws -> ReportPart<StructureFacts> {
        let rows = try await tx.query(
            """
            with blueprint as (
                select b.id, b.account_id, b.version, b.completion, b.authority from igny8_sag_blueprints b
                where \(fragment: scope.owns("b")) and b.status <> 'failed'
                order by b.status = 'approved' desc, b.version desc limit 1
            )
            select b.version, b.completion, b.authority, s.name, s.hub_title, s.status,
                1 + cardinality(s.supporting_titles) as pages, coalesce(content.published, 0) as published
            from blueprint b
            left join igny8_sag_clusters s on s.blueprint_id = b.id and s.account_id = b.account_id
            left join lateral (
                select count(*) as published from igny8_clusters k
                join igny8_content c on c.cluster_id = k.id and c.account_id = k.account_id
                where k.account_id = s.account_id and k.site_id = \(scope.site) and k.sag_cluster_id = s.id
                    and not k.is_deleted and not c.is_deleted and c.status = 'published'
                    and c.published_at < \(fragment: scope.to)
            ) content on true
            order by s.priority, s.id
            """
        )
        guard let first = rows.first else { return .notInUse }
        let (end, before) = (trend.on(scope.period.end), trend.on(scope.previous.end))
        var facts = StructureFacts(
            completion: Comparison(now: try end?.completion ?? first.decode("completion"), before: before?.completion),
            authority: Comparison(now: try end?.authority ?? first.decode("authority"), before: before?.authority),
            version: try first.decode("version")
        )
        for row in rows {
            guard let name = try row.decode("name", as: String?.self) else { continue }
            let status: String = try row.decode("status")
            switch status {
            case "complete": facts.complete += 1
            case "in_progress": facts.inProgress += 1
            default: facts.planned += 1
            }
            facts.clusters.append(
                .init(
                    name: name,
                    hubTitle: try row.decode("hub_title"),
                    status: status,
                    pages: try row.decode("pages"),
                    published: try row.decode("published")
                )
            )
        }
        guard !facts.clusters.isEmpty || facts.completion.now > 0 else { return .empty }
        data.explain(.completion, String(facts.completion.now), rows: facts.clusters.count)
        data.explain(.authority, String(facts.authority.now), rows: facts.clusters.count)
        return .data(facts)
    }
}
