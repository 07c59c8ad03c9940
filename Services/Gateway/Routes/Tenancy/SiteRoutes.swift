import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

enum SiteRoutes {
    static let endpoints = [list, create, detail, change, delete]

    private static let list = Endpoint.list("sites/", .anyone, "listSites", "Sites", Resources.sites).with {
        $0.scope = .sitesRead
    }

    private static let detail = Endpoint.detail("sites/{id}/", .anyone, "getSite", "A site", Resources.sites).with {
        $0.scope = .sitesRead
    }

    private static let create = Endpoint(.post, "sites/", .members(.admin), "createSite", "Add a site") { call in
        let domain = try normalised(call.body)
        return try await call.write { write in
            let account = try await write.account(named: call.body)
            try await write.requireRoom(.sites, in: account)
            let site = try await Sites.create(
                account: account,
                domain: domain,
                name: call.body["name"]?.string ?? domain.name,
                url: call.body["url"]?.string ?? "https://\(domain.name)/",
                industry: try await industry(call.body, write),
                competitors: try competitors(call.body),
                targetCountries: call.body.texts("target_countries") ?? [],
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await write.audit(.created, Subject("site", site.id.rawValue, account: account))
            return try await write.created(Resources.sites, site.id.rawValue, at: "sites/")
        }
    }.with {
        $0.scope = .sitesWrite
        $0.planLimit = .sites
        $0.body = .named(
            "NewSite",
            .object(
                [.required("domain", .text(1...300), "Also as a URL; kept as a bare host name.")] + fields
                    + [.optional("account_id", .id, "For staff: whose site.")]
            )
        )
        $0.success = .created
        $0.answer = Resources.sites.schema
        $0.hasETag = true
    }

    private static let fields: [Schema.Field] = [
        .optional("name", .name()), .optional("url", .url),
        .optional("industry_id", .nullable(.id), "One of GET industries/."),
        .optional("competitors", .array(.text(1...300), count: 0...50)),
        .optional("target_countries", .array(.formatted(.country, max: 2), count: 0...50)),
    ]

    private static let change = Endpoint(.patch, "sites/{id}/", .members(.admin), "updateSite", "Change a site") {
        call in
        let id = Site.ID(try call.id())
        return try await call.write { write in
            guard var site = try await Sites.find(id, for: write.tenant, lock: .forUpdate, in: write.tx) else {
                throw Problem.notFound
            }
            try await write.checkVersion(Resources.sites, id.rawValue)
            if let name = call.body["name"]?.string { site.name = name }
            if let url = call.body["url"]?.string { site.url = url }
            if call.body.has("industry_id") { site.industryID = try await industry(call.body, write) }
            if call.body.has("competitors") { site.competitors = try competitors(call.body) }
            if let countries = call.body.texts("target_countries") { site.targetCountries = countries }
            try await Sites.save(&site, in: write.tx)
            try await write.audit(
                .updated,
                Subject("site", id.rawValue, account: site.accountID),
                .fields(of: call.body)
            )
            return try await write.answer(Resources.sites, id.rawValue)
        }
    }.with {
        $0.scope = .sitesWrite
        $0.body = .named("SiteChange", .object(fields))
        $0.answer = Resources.sites.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static let delete = Endpoint(
        .delete,
        "sites/{id}/",
        .members(.admin),
        "deleteSite",
        "Take a site away; it can be restored by staff"
    ) { call in
        let id = Site.ID(try call.id())
        return try await call.write { write in
            guard let site = try await Sites.find(id, for: write.tenant, lock: .forUpdate, in: write.tx) else {
                throw Problem.notFound
            }
            let served = try await write.tx.query(
                """
                select 1 from igny8_managed_service_subscriptions
                where site_id = \(id.rawValue) and status <> 'cancelled' limit 1
                """
            )
            guard served.isEmpty else {
                throw Problem.conflict("in-use", "A managed subscription runs on this site: cancel it first.")
            }
            try await Sites.delete(id, for: write.tenant, in: write.tx)
            try await write.audit(.deleted, Subject("site", id.rawValue, account: site.accountID))
            return .noContent
        }
    }.with {
        $0.scope = .sitesWrite
        $0.success = .noContent
        $0.problems = [.conflict]
    }

    private static func normalised(_ body: JSON) throws(Problem) -> Domain {
        guard let domain = Domain(try body.text("domain")) else {
            throw .invalid("domain", "a host name such as example.com")
        }
        return domain
    }

    private static func competitors(_ body: JSON) throws(Problem) -> [String] {
        var names: [String] = []
        for (index, text) in (body.texts("competitors") ?? []).enumerated() {
            guard let domain = Domain(text) else { throw .invalid("competitors[\(index)]", "a host name") }
            names.append(domain.name)
        }
        return names
    }

    private static func industry(_ body: JSON, _ write: Write) async throws -> Industry.ID? {
        guard let id = body["industry_id"]?.integer else { return nil }
        guard try await !write.tx.query("select 1 from igny8_industries where id = \(id)").isEmpty else {
            throw Problem.invalid("industry_id", "the id of an industry")
        }
        return Industry.ID(id)
    }
}
