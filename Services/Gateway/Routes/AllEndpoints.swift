/// Every operation of the API, in the order a reader meets them.
func allEndpoints(publicURL: String) -> [Endpoint] {
    let families: [(tag: String, endpoints: [Endpoint])] = [
        ("Authentication", LoginRoutes.endpoints + PasswordRoutes.endpoints),
        ("Accounts", AccountRoutes.endpoints),
        ("Users", UserRoutes.endpoints),
        ("Sites", SiteRoutes.endpoints + SectorRoutes.endpoints),
        ("API keys", ApiKeyRoutes.endpoints),
        ("Feature flags", FeatureFlagRoutes.endpoints),
        (
            "Subscriptions",
            SubscriptionRoutes.endpoints + SubscriptionTransitionRoutes.endpoints + SubscriptionChangeRoutes.endpoints
                + OnboardingRoutes.endpoints + IntakeRoutes.endpoints
        ),
        ("Time entries", TimeEntryRoutes.endpoints),
        (
            "Backlink orders",
            BacklinkListRoutes.endpoints + PublisherImportRoutes.endpoints
                + OrderQuoteRoutes.endpoints + OrderRoutes.endpoints + OrderLinkRoutes.endpoints
                + CampaignRoutes.endpoints
        ),
        ("Approvals", ApprovalRoutes.endpoints),
        ("Links", LinkRoutes.endpoints + LinkClaimRoutes.endpoints),
        (
            "Billing",
            InvoiceRoutes.endpoints + InvoiceChangeRoutes.endpoints + PaymentMethodRoutes.endpoints
                + PaymentRoutes.endpoints + RefundRoutes.endpoints + CreditListRoutes.endpoints
                + ReconciliationRoutes.endpoints + SpendGuardRoutes.endpoints + BillingDocumentRoutes.endpoints
        ),
        (
            "Plans",
            FeatureRoutes.endpoints + PlanRoutes.endpoints + AddOnRoutes.endpoints + CreditRoutes.endpoints
        ),
        (
            "Webhooks",
            WebhookEndpointRoutes.endpoints + StripeWebhookRoutes.endpoints + PayPalWebhookRoutes.endpoints
        ),
        ("Dashboard", DashboardRoutes.endpoints + MarginRoutes.endpoints + ClientRoutes.endpoints),
        (
            "Ahrefs",
            AhrefsConnectionRoutes.endpoints + AhrefsDomainRoutes.endpoints + AhrefsListRoutes.endpoints
                + AhrefsJobRoutes.endpoints
        ),
        (
            "Reports",
            ReportRoutes.endpoints + ReportPreviewRoutes.endpoints + ReportChangeRoutes.endpoints
                + BrandingRoutes.endpoints + ReportTemplateRoutes.endpoints
        ),
        (
            "Public pages",
            VerificationRoutes.endpoints + ReportLinkRoutes.endpoints + CaddyRoutes.endpoints
        ),
        ("Indexing", IndexingRequestRoutes.endpoints + IndexingServiceRoutes.endpoints),
        (
            "Core data",
            PlatformImportRoutes.endpoints + SearchConsoleRoutes.endpoints + SearchConsoleConsentRoutes.endpoints
        ),
        ("Jobs", QueueRoutes.endpoints + JobRoutes.endpoints + JobChangeRoutes.endpoints),
        ("Audit", AuditRoutes.endpoints),
    ]
    let endpoints = families.flatMap { family in family.endpoints.map { $0.with { $0.tag = family.tag } } }
    return endpoints + DocumentationRoutes.endpoints(about: endpoints, publicURL: publicURL)
}
