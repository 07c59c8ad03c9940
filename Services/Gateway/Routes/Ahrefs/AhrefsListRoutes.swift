import DomainModel
import HTTPTypes
import Persistence
import Postgres

/// The lists of Ahrefs as they were last fetched, with filters, order and pages over the kept rows.
enum AhrefsListRoutes {
    static let endpoints = [
        list("backlinks", "listAhrefsBacklinks", "Links to a domain", .backlinks, Resources.ahrefsBacklinks),
        list(
            "referring-domains",
            "listAhrefsReferringDomains",
            "Domains that link to a domain",
            .referringDomains,
            Resources.ahrefsReferringDomains
        ),
        list(
            "organic-keywords",
            "listAhrefsKeywords",
            "Keywords that a domain ranks for",
            .organicKeywords,
            Resources.ahrefsKeywords
        ), list("top-pages", "listAhrefsPages", "A domain's pages by their visits", .topPages, Resources.ahrefsPages),
        prospects,
    ]

    private static func list(
        _ path: String,
        _ operation: String,
        _ summary: String,
        _ view: AhrefsView,
        _ resource: Resource
    ) -> Endpoint {
        Endpoint(.get, "integration/ahrefs/\(path)/{domain}/", .anyone, operation, summary) { call in
            let domain = try call.domain()
            let page = try PageRequest(call.query, of: resource.model)
            return try await call.write { write in
                let account = try await write.askedAccount().id
                let freshness = try await write.freshness(of: [view], domains: [domain], account: account)
                return try await write.page(
                    page,
                    resource,
                    where: "t.account_id = \(account.rawValue) and t.of_domain = \(domain)"
                ) { writer in
                    writer.member("domain", domain)
                    freshness.write(into: &writer)
                    writer.member("is_cut", freshness.isCut)
                }
            }
        }.with {
            $0.scope = .servicesRead
            $0.query = resource.listParameters + [Endpoint.whose]
            $0.problems = [.notFound]
            $0.answer = .named(
                resource.model.name + "List",
                .object(
                    [.required("domain", .domain)] + AhrefsFreshness.fields + [
                        .required("is_cut", .boolean, "As many as a request of the plan gives: there may be more.")
                    ] + resource.listSchema.fields
                )
            )
        }.requires(.ahrefsLevel, "readonly")
    }

    private static let prospects = Endpoint(
        .get,
        "integration/ahrefs/prospects/",
        .anyone,
        "listAhrefsProspects",
        "Domains that link to a site's competitors, and not to the site"
    ) { call in
        guard let id = call.query.integer("site_id") else {
            throw Problem.malformed("The query is not as expected.", errors: ["site_id": "the id of a site"])
        }
        let page = try PageRequest(call.query, of: Resources.ahrefsProspects.model)
        return try await call.write { write in
            guard let site = try await Sites.find(Site.ID(id), for: write.tenant, in: write.tx) else {
                throw Problem.notFound
            }
            let freshness = try await write.freshness(
                of: [.referringDomains],
                domains: [site.domain.name] + site.competitors.prefix(most),
                account: site.accountID
            )
            return try await write.page(
                page,
                Resources.ahrefsProspects,
                where: "t.account_id = \(site.accountID.rawValue) and t.site_id = \(id)"
            ) { freshness.write(into: &$0) }
        }
    }.with {
        $0.scope = .servicesRead
        $0.query =
            [QueryParameter("site_id", .id, "Whose competitors; required.")] + Resources.ahrefsProspects.listParameters
        $0.problems = [.notFound]
        $0.answer = .named(
            "AhrefsProspectList",
            .object(AhrefsFreshness.fields + Resources.ahrefsProspects.listSchema.fields)
        )
    }.requires(.ahrefsLevel, "full")

    /// So many competitors are asked about: each costs a list.
    private static let most = 10
}

extension Write {
    /// A page of rows with what stands before them.
    fileprivate func page(
        _ page: PageRequest,
        _ resource: Resource,
        where condition: SQL,
        _ members: (inout JSONWriter) -> Void
    ) async throws -> Answer {
        var page = page
        page.narrow(condition)
        let rows = try await tx.query(resource.model.rows(page.page, for: tenant))
        let count: Int64? = try await tx.query(resource.model.count(page.page, for: tenant)).first?.decode(0)
        return try page.answer(call, rows, count: count, resource, members)
    }
}

extension Resources {
    static let ahrefsBacklinks = Resource(.ahrefsBacklinks)
    static let ahrefsReferringDomains = Resource(.ahrefsReferringDomains)
    static let ahrefsKeywords = Resource(.ahrefsKeywords)
    static let ahrefsPages = Resource(.ahrefsPages)
    static let ahrefsProspects = Resource(.ahrefsProspects)
}
