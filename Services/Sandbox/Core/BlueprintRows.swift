import DomainModel
import Postgres

/// Writes a blueprint with its attributes and clusters.
enum BlueprintRows {
    static func insert(
        _ plan: BlueprintPlan,
        mode: BlueprintPlan.Mode,
        version: Int,
        site: Site,
        sectors: [Sector],
        in tx: PostgresTransaction
    ) async throws -> Int64 {
        let pages = plan.clusters.reduce(0) { $0 + 1 + $1.supportingTitles.count }
        let summary = try PostgresJSON([
            "clusters": plan.clusters.count, "pages": pages, "authority_at_start": plan.authority,
        ])
        let rows = try await tx.query(
            """
            insert into igny8_sag_blueprints (account_id, site_id, mode, status, version, completion, authority, summary)
            values (\(site.accountID.rawValue), \(site.id.rawValue), \(mode.rawValue), 'review',
                \(version)::integer, 0, \(plan.authority)::integer, \(summary))
            returning id
            """
        )
        guard let blueprint = try rows.first?.decode("id", as: Int64.self) else {
            throw PostgresError.decoding(column: "id", reason: "the blueprint was not written")
        }
        var statements: [SQL] = plan.attributes.enumerated().map { position, attribute in
            """
            insert into igny8_sag_attributes (account_id, site_id, blueprint_id, name, level, attribute_values, position)
            values (\(site.accountID.rawValue), \(site.id.rawValue), \(blueprint), \(attribute.name),
                \(attribute.level), \(attribute.values), \(position)::integer)
            """
        }
        statements += plan.clusters.enumerated().map { position, cluster in
            let sector = sectors.isEmpty ? nil : sectors[position % sectors.count].id.rawValue
            return """
                insert into igny8_sag_clusters (account_id, site_id, sector_id, blueprint_id, name, hub_title,
                    supporting_titles, priority)
                values (\(site.accountID.rawValue), \(site.id.rawValue), \(sector), \(blueprint), \(cluster.name),
                    \(cluster.hubTitle), \(cluster.supportingTitles), \(position + 1)::integer)
                """
        }
        _ = try await tx.batch(statements)
        return blueprint
    }
}
