extension ServiceConfig {
    /// What a configuration must look like; ``Shape/schema`` of it is what the API publishes.
    public static let shape = Shape.object([
        .init(
            "automation",
            .object([
                .init("schedule", .choice(Cadence.allCases.map(\.rawValue))),
                .init("articles_per_run", .integer(1...100)),
                .init("content_types", .list(of: .choice(contentTypes), atMost: contentTypes.count)),
                .init("auto_publish", .boolean),
                .init("review_required", .boolean),
            ])
        ),
        .init(
            "backlinks",
            .object([
                .init("monthly_budget", .amount),
                .init("target_country", .nullable(.country)),
                .init("package", .nullable(.choice(backlinkPackages))),
                .init("auto_approve_under", .amount),
            ])
        ),
        .init(
            "social",
            .object([
                .init("platforms", .list(of: .choice(socialPlatforms), atMost: socialPlatforms.count)),
                .init("auto_post_on_publish", .boolean),
                .init("posting_schedule", .choice(PostingSchedule.allCases.map(\.rawValue))),
            ])
        ),
        .init(
            "reporting",
            .object([
                .init("frequency", .choice(Frequency.allCases.map(\.rawValue))),
                .init("sections", .list(of: .choice(reportSections), atMost: reportSections.count)),
                .init("format", .choice(Format.allCases.map(\.rawValue))),
                .init("theme", .choice(Theme.allCases.map(\.rawValue))),
                .init("white_label", .boolean),
                .init("branding_id", .nullable(.integer(1...Int64.max))),
                .init("template_id", .nullable(.integer(1...Int64.max))),
                .init("recipients", .list(of: .email, atMost: 20)),
                .init("approval", .choice(Approval.allCases.map(\.rawValue))),
                .init("approval_hours", .integer(1...336)),
                .init("approval_default", .choice(ApprovalDefault.allCases.map(\.rawValue))),
            ])
        ),
    ])

    /// What can be written, hubs first where the tier says so.
    public static let contentTypes = ["cluster_hub", "post", "page", "product", "taxonomy_term"]
    /// The retainers of the catalogue (spec 1).
    public static let backlinkPackages = ["starter", "growth", "authority", "enterprise", "custom"]
    /// Where posts can go.
    public static let socialPlatforms = ["facebook", "instagram", "linkedin", "pinterest", "x", "youtube", "tiktok"]
    /// The sections of a report (spec 7).
    public static let reportSections = [
        "executive_summary", "content", "indexing", "rankings", "traffic", "backlinks", "social", "sag_health",
        "next_month",
    ]
}

extension ServiceConfig {
    /// What a tier starts with (spec 1, "What it sells").
    public static func defaults(for tier: ServiceTier) -> ServiceConfig {
        switch tier {
        case .lite: lite
        case .pro: pro
        }
    }

    private static let lite = ServiceConfig(
        automation: Automation(
            schedule: .weekly,
            articlesPerRun: 3,
            contentTypes: ["post", "cluster_hub"],
            autoPublish: false,
            reviewRequired: true
        ),
        backlinks: Backlinks(monthlyBudget: "0.00", targetCountry: nil, package: nil, autoApproveUnder: "0.00"),
        social: Social(platforms: [], autoPostOnPublish: false, postingSchedule: .bestTime),
        reporting: Reporting(
            frequency: .monthly,
            sections: ["executive_summary", "content", "indexing", "rankings", "traffic", "sag_health", "next_month"],
            format: .pdf,
            theme: .light,
            whiteLabel: false,
            brandingID: nil,
            templateID: nil,
            recipients: []
        )
    )

    /// One article a day gives the 30 a month; hubs stand first.
    private static let pro = ServiceConfig(
        automation: Automation(
            schedule: .daily,
            articlesPerRun: 1,
            contentTypes: ["cluster_hub", "post", "page", "product", "taxonomy_term"],
            autoPublish: false,
            reviewRequired: true
        ),
        backlinks: Backlinks(monthlyBudget: "0.00", targetCountry: nil, package: nil, autoApproveUnder: "0.00"),
        social: Social(platforms: [], autoPostOnPublish: true, postingSchedule: .bestTime),
        reporting: Reporting(
            frequency: .weekly,
            sections: reportSections,
            format: .pdf,
            theme: .light,
            whiteLabel: false,
            brandingID: nil,
            templateID: nil,
            recipients: []
        )
    )
}
