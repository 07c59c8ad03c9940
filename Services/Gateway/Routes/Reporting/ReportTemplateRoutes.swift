import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// Clients' own designs of their reports. Each is rendered once with sample data before it is used (spec 3, 7).
enum ReportTemplateRoutes {
    static let endpoints = [list, create, detail, replace, delete].map { $0.requires(.reportLevel, "weekly_custom") }

    private static let path = "services/report-templates/"

    private static let list = Endpoint.list(
        path,
        .anyone,
        "listReportTemplates",
        "Templates, without what they are made of: all for staff, the account's own for members",
        Resources.reportTemplates
    ).with { $0.scope = .reportsRead }

    private static let detail = Endpoint.detail(
        path + "{id}/",
        .anyone,
        "getReportTemplate",
        "A template, and what its test render said",
        Resources.reportTemplateDetails
    ).with { $0.scope = .reportsRead }

    private static let create = Endpoint(
        .post,
        path,
        .members(.admin),
        "createReportTemplate",
        "Add a template; it is used once a job has rendered it with sample data"
    ) { call in
        try await call.write { write in
            let account = try await write.account(named: call.body)
            try await write.hold(account)
            let template = try await ReportTemplates.create(
                named: try call.body.text("name"),
                design(call.body),
                for: try await write.brand(of: account),
                isDefault: call.body["is_default"]?.bool ?? false,
                account: account,
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await write.order(checkOf: template)
            try await write.audit(.created, .template(template.value))
            return try await write.created(Resources.reportTemplateDetails, template.id.rawValue, at: path)
        }
    }.with {
        describe(&$0)
        $0.body = .named("NewReportTemplate", .object(fields + [.optional("account_id", .id, "For staff: whose.")]))
        $0.success = .created
    }

    private static let replace = Endpoint(
        .put,
        path + "{id}/",
        .members(.admin),
        "replaceReportTemplate",
        "Say anew what a template is: what is left out is nothing. Another design is checked anew"
    ) { call in
        let id = ReportTemplate.ID(try call.id())
        return try await call.write { write in
            // The account first, as when a template is made: two defaults at once would wait for each other.
            guard let found = try await ReportTemplates.find(id, for: write.tenant, in: write.tx) else {
                throw Problem.notFound
            }
            try await write.hold(found.accountID)
            var template = try await write.lockedTemplate(id)
            try await write.checkVersion(Resources.reportTemplateDetails, id.rawValue)
            template.name = try call.body.text("name")
            template.brandingID = try await write.brand(of: template.accountID)
            template.isDefault = call.body["is_default"]?.bool ?? false
            let isAnother = template.value.replace(design(call.body))
            try await ReportTemplates.save(&template, in: write.tx)
            if isAnother { try await write.order(checkOf: template) }
            try await write.audit(.updated, .template(template.value), .fields(of: call.body))
            return try await write.answer(Resources.reportTemplateDetails, id.rawValue)
        }
    }.with {
        describe(&$0)
        $0.body = .named("ReportTemplateContent", .object(fields))
    }

    private static let delete = Endpoint(
        .delete,
        path + "{id}/",
        .members(.admin),
        "deleteReportTemplate",
        "Take a template away; reports that were made with it can still be made again as they were"
    ) { call in
        let id = ReportTemplate.ID(try call.id())
        return try await call.write { write in
            let template = try await write.lockedTemplate(id)
            let uses = try await ReportTemplates.uses(of: template.value, in: write.tx)
            guard uses.isEmpty else { throw Problem.inUse("This template", by: uses) }
            try await ReportTemplates.delete(template, in: write.tx)
            try await write.audit(.deleted, .template(template.value))
            return .noContent
        }
    }.with {
        $0.scope = .servicesWrite
        $0.success = .noContent
        $0.problems = [.conflict]
    }

    private static let fields: [Schema.Field] = [
        .required("name", .name()),
        .optional("branding_id", .nullable(.id), "The brand it is for; any when left out."),
        .optional(
            "template_html",
            .text(max: ReportTemplate.Design.most),
            "Mustache over the report's data; ours when left out or empty. Nothing in it is fetched, no script runs."
        ),
        .optional(
            "template_css",
            .text(max: ReportTemplate.Design.most),
            "Alone where there is HTML, else after ours."
        ),
        .optional("theme", .oneOf(ServiceConfig.Theme.self)),
        .optional("is_default", .boolean, "Used where a subscription chooses none; one an account."),
    ]

    private static func describe(_ endpoint: inout Endpoint) {
        endpoint.scope = .servicesWrite
        // Room for both texts, each character escaped.
        endpoint.bodyLimit = 4 * 1024 * 1024
        endpoint.answer = Resources.reportTemplateDetails.schema
        endpoint.hasETag = true
        endpoint.problems = [.conflict]
    }

    private static func design(_ body: JSON) -> ReportTemplate.Design {
        ReportTemplate.Design(
            html: body["template_html"]?.string ?? "",
            css: body["template_css"]?.string ?? "",
            theme: body["theme"]?.string.flatMap { ServiceConfig.Theme(rawValue: $0) } ?? .light
        )
    }
}

extension Subject {
    fileprivate static func template(_ template: ReportTemplate) -> Subject {
        Subject("report_template", template.id.rawValue, account: template.accountID)
    }
}

extension Write {
    /// One default an account: whoever makes one waits for the others.
    fileprivate func hold(_ account: Account.ID) async throws {
        guard try await Accounts.find(account, for: tenant, lock: .forUpdate, in: tx) != nil else {
            throw Problem.notFound
        }
    }

    fileprivate func lockedTemplate(_ id: ReportTemplate.ID) async throws -> Stored<ReportTemplate> {
        guard let template = try await ReportTemplates.find(id, for: tenant, lock: .forUpdate, in: tx) else {
            throw Problem.notFound
        }
        return template
    }

    fileprivate func brand(of account: Account.ID) async throws -> Branding.ID? {
        guard let id = call.body["branding_id"]?.integer else { return nil }
        guard try await Brandings.isOffered(.init(id), to: account, in: tx) else {
            throw Problem.invalid("branding_id", "the id of an active brand of the account")
        }
        return .init(id)
    }

    fileprivate func order(checkOf template: Stored<ReportTemplate>) async throws {
        _ = try await enqueue(
            ReportsJobs.checkTemplate(
                template.id.rawValue,
                revision: template.revision,
                account: template.accountID
            )
        )
    }
}
