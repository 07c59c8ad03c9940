import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence

/// How an agency shows itself on its reports (spec 3, 7). The flag `white_label_reports` stands before the gate.
enum BrandingRoutes {
    static let endpoints = [list, create, detail, replace, delete].map { endpoint in
        endpoint.with { $0.flag = .whiteLabelReports }.requires(.whiteLabel, "true")
    }

    private static let path = "services/branding/"

    private static let list = Endpoint.list(
        path,
        .anyone,
        "listBrandings",
        "Brands, with which text is legible on their colours: all for staff, the account's own for members",
        Resources.brandings
    ).with { $0.scope = .reportsRead }

    private static let detail = Endpoint.detail(
        path + "{id}/",
        .anyone,
        "getBranding",
        "A brand",
        Resources.brandings
    ).with { $0.scope = .reportsRead }

    private static let create = Endpoint(
        .post,
        path,
        .members(.admin),
        "createBranding",
        "Add a brand; its logo is fetched and checked by a job"
    ) { call in
        let look = try look(call)
        return try await call.write { write in
            let account = try await write.account(named: call.body)
            let branding = try await Brandings.create(
                look,
                account: account,
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await write.fetchLogo(of: branding)
            try await write.audit(.created, .branding(branding.value))
            return try await write.created(Resources.brandings, branding.id.rawValue, at: path)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.body = .named("NewBranding", .object(fields + [.optional("account_id", .id, "For staff: whose brand.")]))
        $0.success = .created
        $0.answer = Resources.brandings.schema
        $0.hasETag = true
    }

    private static let replace = Endpoint(
        .put,
        path + "{id}/",
        .members(.admin),
        "replaceBranding",
        "Say anew what a brand looks like: what is left out is nothing, or the usual colours"
    ) { call in
        let (id, look) = (Branding.ID(try call.id()), try look(call))
        return try await call.write { write in
            var branding = try await write.lockedBranding(id)
            try await write.checkVersion(Resources.brandings, id.rawValue)
            let url = branding.look.logoURL
            branding.value.replace(look)
            let isActive = call.body["is_active"]?.bool ?? true
            if branding.isActive, !isActive { try await write.requireUnused(branding) }
            branding.isActive = isActive
            try await Brandings.save(&branding, in: write.tx)
            // The same address again asks for the picture anew where it could not be had.
            if look.logoURL != url || branding.logo == nil { try await write.fetchLogo(of: branding) }
            try await write.audit(.updated, .branding(branding.value), .fields(of: call.body))
            return try await write.answer(Resources.brandings, id.rawValue)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.body = .named(
            "BrandingLook",
            .object(
                fields + [.optional("is_active", .boolean, "True when left out; false takes it out of use.")]
            )
        )
        $0.answer = Resources.brandings.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    private static let delete = Endpoint(
        .delete,
        path + "{id}/",
        .members(.admin),
        "deleteBranding",
        "Take a brand out of use and give its domain free; what was issued under it stays under it"
    ) { call in
        let id = Branding.ID(try call.id())
        return try await call.write { write in
            var branding = try await write.lockedBranding(id)
            guard branding.isActive else { return .noContent }
            try await write.requireUnused(branding)
            branding.isActive = false
            try await Brandings.save(&branding, in: write.tx)
            try await write.audit(.deleted, .branding(branding.value))
            return .noContent
        }
    }.with {
        $0.scope = .servicesWrite
        $0.success = .noContent
        $0.problems = [.conflict]
    }

    private static let fields: [Schema.Field] = [
        .required("brand_name", .name()),
        .optional(
            "brand_logo_url",
            .nullable(.url),
            "A public PNG, JPEG or SVG on port 80 or 443; fetched once, and again when the address changes."
        ),
        .optional("primary_color", .color, "Covers and charts."), .optional("secondary_color", .color, "Accents."),
        .optional("contact_email", .nullable(.email)), .optional("contact_phone", .nullable(.name(max: 50))),
        .optional("website_url", .nullable(.url)), .optional("footer_text", .text(max: 300)),
        .optional(
            "custom_domain",
            .nullable(.text(1...300)),
            "A host name that leads to this service: verification pages and downloads are served under it."
        ),
    ]

    private static func look(_ call: Call) throws(Problem) -> Branding.Look {
        let body = call.body
        var look = Branding.Look(name: try body.text("brand_name"))
        look.logoURL = try body["brand_logo_url"]?.string.map { text throws(Problem) in
            try LogoAddress.checked(text)
        }
        if let color = body["primary_color"]?.string { look.primaryColor = color.lowercased() }
        if let color = body["secondary_color"]?.string { look.secondaryColor = color.lowercased() }
        if body["contact_email"]?.string != nil { look.contactEmail = try body.email("contact_email") }
        look.contactPhone = body["contact_phone"]?.string
        look.websiteURL = body["website_url"]?.string
        look.footerText = body["footer_text"]?.string ?? ""
        guard let text = body["custom_domain"]?.string else { return look }
        guard let domain = BrandDomain(text) else {
            throw .invalid("custom_domain", "a host name such as reports.example.com, without scheme, port or path")
        }
        guard !domain.isRelated(to: call.services.ownHost) else {
            throw .invalid("custom_domain", "a host name of your own, not one of \(call.services.ownHost)")
        }
        look.customDomain = domain
        return look
    }
}

/// Whether the picture is public and a picture is seen when it is fetched; here only what no public picture can be.
private enum LogoAddress {
    static func checked(_ text: String) throws(Problem) -> String {
        let authority = text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@"), let url = LinkURL(text), [nil, 80, 443].contains(url.port),
            BrandDomain(url.host) != nil
        else {
            throw .invalid(
                "brand_logo_url",
                "a public http or https URL with a host name, on port 80 or 443, without a user or a password"
            )
        }
        return text
    }
}

extension Subject {
    fileprivate static func branding(_ branding: Branding) -> Subject {
        Subject("branding", branding.id.rawValue, account: branding.accountID)
    }
}

extension Write {
    fileprivate func lockedBranding(_ id: Branding.ID) async throws -> Stored<Branding> {
        guard let branding = try await Brandings.find(id, for: tenant, lock: .forUpdate, in: tx) else {
            throw Problem.notFound
        }
        return branding
    }

    fileprivate func requireUnused(_ branding: Stored<Branding>) async throws {
        let uses = try await Brandings.uses(of: branding.value, in: tx)
        guard uses.isEmpty else { throw Problem.inUse("This brand", by: uses) }
    }

    fileprivate func fetchLogo(of branding: Stored<Branding>) async throws {
        guard branding.look.logoURL != nil else { return }
        _ = try await enqueue(
            ReportsJobs.fetchLogo(branding.id.rawValue, revision: branding.revision, account: branding.accountID)
        )
    }
}

extension Problem {
    /// What somebody would take away is what others stand on, and on what they are.
    static func inUse(_ subject: String, by uses: [Brandings.Use]) -> Problem {
        var problem = Problem.conflict("in-use", "\(subject) is in use: choose another there first.")
        problem.members["used_by"] = .array(
            uses.map { use in
                ["kind": .string(use.kind), "id": .number(String(use.id)), "name": .string(use.name)]
            }
        )
        return problem
    }
}

extension Schema {
    static let color = Schema.formatted(.color, max: 7)
}

extension TextFormat {
    static let color = TextFormat(
        name: nil,
        pattern: "^#[0-9a-fA-F]{6}$",
        expected: "a colour as #rrggbb"
    ) { text in
        text.utf8.count == 7 && text.hasPrefix("#")
            && text.utf8.dropFirst().allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
            }
    }
}
