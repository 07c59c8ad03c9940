import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence
import Postgres
import ReportDesign

/// A report as it would be made now: live facts, any of the account's brands and templates, nothing saved (spec 7).
enum ReportPreviewRoutes {
    static let endpoints = [preview]

    private static let preview = Endpoint(
        .get,
        ReportRoutes.path + "preview/",
        .staff,
        "previewServiceReport",
        "The page of a report with live data; nothing is saved. What is left out is as the site's service has it"
    ) { call in
        guard let id = call.query.integer("site_id") else {
            throw Problem.malformed("The query is not as expected.", errors: ["site_id": "required: the id of a site"])
        }
        let site = try await call.read([
            "select account_id from igny8_sites where id = \(id) and not is_deleted"
        ]).rows[0]
        guard let row = site.first else {
            throw Problem.malformed("The query is not as expected.", errors: ["site_id": "the id of a site"])
        }
        let account = Account.ID(try row.decode(0, as: Int64.self))
        // Under the account's own row security: whoever asks, a report of one account never reads another's rows.
        let tenant = Tenant.account(account)
        let (data, design) = try await call.services.store.read(as: tenant, actor: call.actor) { tx in
            let choice = try await Choice(call.query, site: .init(id), account: account, tenant, in: tx)
            var data = try await ReportFacts.gather(.init(id), choice.period, sections: choice.sections, in: tx)
            data.summary = SummaryText.summary(of: data)
            return (data, choice.design)
        }
        return try await ReportPage.answer(data, design, call)
    }.with {
        $0.scope = .reportsRead
        $0.mediaType = "text/html"
        $0.query = [
            QueryParameter("site_id", .id, "Which site; required."),
            QueryParameter("type", .oneOf(ReportType.self), "Which kind; weekly when left out."),
            QueryParameter("day", .day, "Any day of the period; the last one that is over when left out."),
            QueryParameter("branding_id", .id, "A brand of the site's account, active or not."),
            QueryParameter("template_id", .id, "A template of the site's account, checked or not."),
            QueryParameter("theme", .oneOf(ServiceConfig.Theme.self), "Light or dark."),
            QueryParameter("white_label", .boolean, "Whether the house is left unnamed."),
        ]
        $0.problems = [.conflict]
    }
}

/// What a preview shows: what was asked for, else what the site's service has agreed.
private struct Choice {
    let period: ReportPeriod
    let sections: [ReportSection]
    let design: ReportDesign

    init(
        _ query: Query,
        site: Site.ID,
        account: Account.ID,
        _ tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws {
        guard let owner = try await Accounts.find(account, for: tenant, in: tx) else { throw Problem.notFound }
        let type = query["type"].flatMap { ReportType(rawValue: $0) } ?? .weekly
        let today = CalendarDay(of: try await BusinessClock.now(in: tx), in: owner.timeZone)
        period =
            query["day"].flatMap { CalendarDay($0) }.map { ReportPeriod(type, containing: $0) }
            ?? ReportPeriod(type, endedBefore: today)
        let agreed = try await tx.query(
            """
            select service_config from igny8_managed_service_subscriptions
            where site_id = \(site.rawValue) order by status = 'cancelled', id desc limit 1
            """
        ).first?.decode(0, as: PostgresJSON.self).decode(ServiceConfig.self).reporting
        let named = Set(agreed?.sections ?? [])
        sections = ReportSection.allCases.filter { named.isEmpty || named.contains($0.rawValue) }
        var brand: Branding?
        if let id = query.integer("branding_id") ?? agreed?.brandingID {
            brand = try await Brandings.find(.init(id), for: tenant, in: tx)?.value
            guard brand != nil || query["branding_id"] == nil else { throw Self.unknown("branding_id", "brand") }
        }
        var template: ReportTemplate?
        if let id = query.integer("template_id") ?? agreed?.templateID {
            template = try await ReportTemplates.find(.init(id), for: tenant, in: tx)?.value
            guard template != nil || query["template_id"] == nil else { throw Self.unknown("template_id", "template") }
        }
        let isWhiteLabel = query["white_label"].map { $0 == "true" } ?? agreed?.whiteLabel ?? false
        let theme =
            query["theme"].flatMap { ServiceConfig.Theme(rawValue: $0) } ?? template?.design.theme ?? agreed?.theme
            ?? .light
        design = ReportDesign(
            brand?.look,
            logo: brand?.logo,
            template: template?.design,
            otherwise: isWhiteLabel ? owner.name : "IGNY8 Managed Services",
            theme: theme,
            isWhiteLabel: isWhiteLabel
        )
    }

    private static func unknown(_ field: String, _ what: String) -> Problem {
        .malformed("The query is not as expected.", errors: [field: "the id of a \(what) of the site's account"])
    }
}

extension ReportDesign {
    fileprivate init(
        _ look: Branding.Look?,
        logo: Branding.Logo?,
        template: ReportTemplate.Design?,
        otherwise name: String,
        theme: ServiceConfig.Theme,
        isWhiteLabel: Bool
    ) {
        self.init(
            brandName: look?.name ?? name,
            primaryColor: look?.primaryColor ?? Branding.Look.usualColors.primary,
            secondaryColor: look?.secondaryColor ?? Branding.Look.usualColors.secondary,
            theme: theme,
            isWhiteLabel: isWhiteLabel
        )
        contactEmail = look?.contactEmail?.rawValue
        contactPhone = look?.contactPhone
        websiteURL = look?.websiteURL
        footerText = look?.footerText ?? ""
        self.logo = logo.map { Logo(sha256: $0.sha256.hex, mediaType: $0.mediaType) }
        templateHTML = template.flatMap { $0.html.isEmpty ? nil : $0.html }
        templateCSS = template.flatMap { $0.css.isEmpty ? nil : $0.css }
    }
}
