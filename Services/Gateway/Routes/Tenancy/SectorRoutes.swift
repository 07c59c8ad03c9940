import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

enum SectorRoutes {
    static let endpoints = [industries, list, create, detail, change, delete]

    private static let industries = Endpoint.list(
        "industries/",
        .anyone,
        "listIndustries",
        "The catalogue of industries and their sectors",
        Resources.industries
    ).with { $0.scope = .sitesRead }

    private static let list = Endpoint.list("sectors/", .anyone, "listSectors", "Sectors of sites", Resources.sectors)
        .with { $0.scope = .sitesRead }

    private static let detail = Endpoint.detail(
        "sectors/{id}/",
        .anyone,
        "getSector",
        "A sector",
        Resources.sectors
    ).with { $0.scope = .sitesRead }

    private static let create = Endpoint(
        .post,
        "sectors/",
        .members(.admin),
        "createSector",
        "Add a sector to a site"
    ) { call in
        try await call.write { write in
            let sector = try await Sectors.create(
                site: .init(try call.body.number("site_id")),
                industrySector: .init(try call.body.number("industry_sector_id")),
                name: call.body["name"]?.string,
                createdBy: write.identity.userID,
                for: write.tenant,
                in: write.tx
            )
            guard let sector else {
                throw Problem.invalid([
                    "site_id": "a site of yours that has an industry",
                    "industry_sector_id": "a sector of that site's industry",
                ])
            }
            try await write.audit(.created, Subject("sector", sector.id.rawValue, account: sector.accountID))
            return try await write.created(Resources.sectors, sector.id.rawValue, at: "sectors/")
        }
    }.with {
        $0.scope = .sitesWrite
        $0.body = .named(
            "NewSector",
            .object([
                .required("site_id", .id), .required("industry_sector_id", .id), .optional("name", .name()),
            ])
        )
        $0.success = .created
        $0.answer = Resources.sectors.schema
        $0.hasETag = true
    }

    private static let change = Endpoint(
        .patch,
        "sectors/{id}/",
        .members(.admin),
        "updateSector",
        "Rename a sector"
    ) { call in
        try await call.write { write in
            let id = Sector.ID(try call.id())
            guard var sector = try await Sectors.find(id, for: write.tenant, in: write.tx) else {
                throw Problem.notFound
            }
            try await write.checkVersion(Resources.sectors, id.rawValue)
            if let name = call.body["name"]?.string { sector.name = name }
            try await Sectors.save(&sector, in: write.tx)
            try await write.audit(.updated, Subject("sector", id.rawValue, account: sector.accountID))
            return try await write.answer(Resources.sectors, id.rawValue)
        }
    }.with {
        $0.scope = .sitesWrite
        $0.body = .named("SectorChange", .object([.optional("name", .name())]))
        $0.answer = Resources.sectors.schema
        $0.hasETag = true
    }

    private static let delete = Endpoint(
        .delete,
        "sectors/{id}/",
        .members(.admin),
        "deleteSector",
        "Take a sector away"
    ) { call in
        try await call.write { write in
            let id = Sector.ID(try call.id())
            guard let sector = try await Sectors.find(id, for: write.tenant, in: write.tx),
                try await Sectors.delete(id, for: write.tenant, in: write.tx)
            else { throw Problem.notFound }
            try await write.audit(.deleted, Subject("sector", id.rawValue, account: sector.accountID))
            return .noContent
        }
    }.with {
        $0.scope = .sitesWrite
        $0.success = .noContent
    }
}
