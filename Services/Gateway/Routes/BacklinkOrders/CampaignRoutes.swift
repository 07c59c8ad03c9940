import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence

/// Staff plan the link campaigns of a site.
enum CampaignRoutes {
    static let endpoints = [create, change]

    private static let create = Endpoint(
        .post,
        "services/campaigns/",
        .staff,
        "createCampaign",
        "Draft a link campaign of a site"
    ) { call in
        try await call.write { write in
            guard
                let site = try await Sites.find(
                    .init(try call.body.number("site_id")),
                    for: write.tenant,
                    in: write.tx
                )
            else { throw Problem.invalid("site_id", "the id of a site") }
            try await write.require(.backlinkOrdersEnabled, account: site.accountID)
            let campaign = try await Campaigns.create(
                account: site.accountID,
                site: site.id,
                name: try call.body.text("name"),
                country: call.body["country"]?.string,
                niche: try await niche(call.body, write) ?? "general",
                plan: try plan(call.body, on: site.domain) ?? CampaignPlan(),
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await write.audit(.created, subject(campaign.value), Change(to: campaign.status.rawValue))
            return try await write.created(Resources.campaigns, campaign.id.rawValue, at: "services/campaigns/")
        }
    }.with {
        describe(&$0)
        $0.body = .named("NewCampaign", .object([.required("site_id", .id), .required("name", .name())] + fields))
        $0.success = .created
    }

    private static let change = Endpoint(
        .patch,
        "services/campaigns/{id}/",
        .staff,
        "updateCampaign",
        "Change a campaign's name, market or plan; start, pause, resume or complete it"
    ) { call in
        let id = Campaign.ID(try call.id())
        return try await call.write { write in
            guard var campaign = try await Campaigns.find(id, for: write.tenant, lock: .forUpdate, in: write.tx),
                let site = try await Sites.find(campaign.siteID, for: write.tenant, in: write.tx)
            else { throw Problem.notFound }
            try await write.require(.backlinkOrdersEnabled, account: campaign.accountID)
            try await write.checkVersion(Resources.campaigns, id.rawValue)
            let before = campaign.status
            if let name = call.body["name"]?.string { campaign.name = name }
            if call.body.has("country") { campaign.country = call.body["country"]?.string }
            if let niche = try await niche(call.body, write) { campaign.niche = niche }
            if let plan = try plan(call.body, on: site.domain) { campaign.plan = plan }
            if let status = call.body["status"]?.string.flatMap({ CampaignStatus(rawValue: $0) }), status != before {
                try campaign.value.go(to: status)
            }
            try await Campaigns.save(&campaign, in: write.tx)
            try await write.audit(
                .updated,
                subject(campaign.value),
                Change(
                    from: before.rawValue,
                    to: campaign.status.rawValue,
                    data: ["fields": .array(call.body.names.map { .string($0) })]
                )
            )
            return try await write.answer(Resources.campaigns, id.rawValue)
        }
    }.with {
        describe(&$0)
        $0.body = .named(
            "CampaignChange",
            .object(
                [.optional("name", .name()), .optional("status", .oneOf(CampaignStatus.self))] + fields
            )
        )
    }

    private static let fields: [Schema.Field] = [
        .optional("country", .nullable(.formatted(.country, max: 2)), "The market."),
        .optional("niche", .formatted(.slug, max: 64)),
        .optional(
            "monthly_plan",
            .named(
                "CampaignPlan",
                .object([
                    .optional("target_pages", .array(.url, count: 0...1000), "Pages of the site."),
                    .optional(
                        "dr_ranges",
                        .array(
                            .object([
                                .required("from", .integer(0...100)), .required("to", .integer(0...100)),
                                .required("links", .integer(0...1000)),
                            ]),
                            count: 0...20
                        )
                    ),
                    .optional(
                        "anchor_mix",
                        .object(AnchorType.allCases.map { .optional($0.rawValue, .integer(0...100)) }),
                        "Percent of each kind; 100 in all."
                    ),
                    .optional("links", .integer(0...1000), "A month."),
                    .optional("budget", .money, "A month, in the account's currency."),
                ])
            ),
            "The whole plan: what is left out is nothing."
        ),
    ]

    private static func plan(_ body: JSON, on domain: Domain) throws -> CampaignPlan? {
        guard let document = body["monthly_plan"] else { return nil }
        // Through the domain's tree, which knows a whole number however it is spelled.
        let plan = try JSONDecoder().decode(CampaignPlan.self, from: JSONEncoder().encode(JSONValue(document)))
        for page in plan.targetPages {
            guard let target = LinkURL(page), target.site == domain.name || target.site.hasSuffix("." + domain.name)
            else { throw Problem.invalid("monthly_plan.target_pages", "pages of \(domain.name)") }
        }
        for range in plan.drRanges where range.from > range.to {
            throw Problem.invalid("monthly_plan.dr_ranges", "ranges from the weaker to the stronger")
        }
        let mix = plan.anchorMix.values.reduce(0, +)
        guard plan.anchorMix.isEmpty || mix == 100 else {
            throw Problem.invalid("monthly_plan.anchor_mix", "shares that are 100 in all, not \(mix)")
        }
        return plan
    }

    private static func niche(_ body: JSON, _ write: Write) async throws -> String? {
        guard let key = body["niche"]?.string else { return nil }
        guard try await BacklinkTerms.niche(key, in: write.tx) != nil else {
            throw Problem.invalid("niche", "the key of a niche")
        }
        return key
    }

    private static func subject(_ campaign: Campaign) -> Subject {
        Subject(CampaignStatus.subject, campaign.id.rawValue, account: campaign.accountID)
    }

    private static func describe(_ endpoint: inout Endpoint) {
        endpoint.flag = .backlinkOrdersEnabled
        endpoint.answer = Resources.campaigns.schema
        endpoint.hasETag = true
        endpoint.problems = [.conflict]
    }
}

extension Campaign {
    /// Goes to a state by the transition that leads there.
    /// - Throws: ``IllegalTransition`` when none does from here.
    fileprivate mutating func go(to next: CampaignStatus) throws(IllegalTransition) {
        let transition = CampaignStatus.Transition.allCases.first { status.target(of: $0) == next }
        guard let transition else {
            throw IllegalTransition(
                subject: CampaignStatus.subject,
                from: status.rawValue,
                transition: "become \(next.rawValue)",
                allowed: status.allowed.map(\.rawValue)
            )
        }
        try apply(transition)
    }
}
