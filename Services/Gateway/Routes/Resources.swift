import DomainModel
import Persistence

/// The resources of the API, each made once from its read model.
enum Resources {
    static let accounts = Resource(.accounts)
    static let users = Resource(.users)
    static let sites = Resource(.sites)
    static let sectors = Resource(.sectors)
    static let industries = Resource(
        .industries,
        schemas: [
            "sectors": .array(
                .object([.required("id", .id), .required("slug", .text(max: 200)), .required("name", .text(max: 200))])
            )
        ]
    )
    static let apiKeys = Resource(.apiKeys)
    static let featureFlags = Resource(
        .featureFlags,
        schemas: [
            "overrides": .array(
                .object([
                    .required("account_id", .id), .required("is_enabled", .boolean),
                    .required("reason", .text(max: 1_000)),
                ]),
                count: 0...1_000_000
            )
        ]
    )
    static let subscriptions = Resource(
        .subscriptions,
        schemas: ["service_config": .named("ServiceConfig", .shape(ServiceConfig.shape))]
    )
    static let onboardingSteps = Resource(.onboardingSteps)
    static let intakes = Resource(.intakes)
    static let timeEntries = Resource(.timeEntries)
    static let backlinkOrders = Resource(.backlinkOrders)
    static let backlinks = Resource(.backlinks)
    static let backlinkChecks = Resource(.backlinkChecks)
    static let linkClaims = Resource(.linkClaims)
    static let publishers = Resource(.publishers)
    static let campaigns = Resource(.campaigns)
    static let approvals = Resource(.approvals)
    static let campaignKPIs = Resource(.campaignKPIs)
    static let indexingRequests = Resource(.indexingRequests)
    static let indexingServices = Resource(.indexingServiceList)
    static let indexingKeys = Resource(.indexingKeys)
    static let serviceReports = Resource(.serviceReports)
    static let serviceReportDetails = Resource(
        .serviceReportDetails,
        schemas: ["history": .array(reportEdition, count: 0...10_000), "mails": .array(reportMail, count: 0...10_000)]
    )
    static let brandings = Resource(.brandings)
    static let reportTemplates = Resource(.reportTemplates)
    static let reportTemplateDetails = Resource(.reportTemplateDetails)
    static let invoices = Resource(.invoices)
    static let invoiceDetails = Resource(
        .invoiceDetails,
        schemas: [
            "lines": .array(invoiceLine, count: 0...10_000),
            "credit_notes": .array(creditNote, count: 0...10_000),
        ]
    )
    static let paymentMethods = Resource(.paymentMethods)
    static let payments = Resource(.payments)
    static let paymentDetails = Resource(
        .paymentDetails,
        schemas: ["refunds": .array(paymentRefund, count: 0...10_000)]
    )
    static let refunds = Resource(.refunds)
    static let creditNotes = Resource(.creditNoteSummaries)
    static let customerCredits = Resource(.customerCredits)
    static let gatewayDifferences = Resource(.gatewayDifferences)
    static let plans = Resource(
        .plans,
        schemas: [
            "features": .object(Schema.planFeatures.map { .optional($0.name, $0.schema) })
        ]
    )
    static let addOnPurchases = Resource(.addOnPurchases)
    static let creditTransactions = Resource(.creditTransactions)
    static let featureUsage = Resource(.featureUsage)
    static let webhookEndpoints = Resource(.webhookEndpoints)
    static let webhookDeliveries = Resource(.webhookDeliveries)
    static let overdue = Resource(.overdue)
    static let clients = Resource(.clients)
    static let margins = MarginGrouping.allCases.reduce(into: [:]) { $0[$1] = Resource($1.model) }
    static let ledgerLines = Resource(.ledgerLines)
    static let mrrMovements = Resource(.mrrMovements)
    static let auditEvents = Resource(.auditEvents)
    static let jobs = Resource(.jobs)

    private static let creditNote = Schema.named(
        "CreditNote",
        .object([
            .required("id", .id), .required("number", .text(max: 40)), .required("reason", .text(max: 500)),
            .required("net", ReadModel.Kind.money.schema), .required("tax", ReadModel.Kind.money.schema),
            .required("applied_to_due", ReadModel.Kind.money.schema, "What it took off what was due."),
            .required("excess", ReadModel.Kind.money.schema, "What it left to refund or to keep as credit."),
            .required("issued_at", .time),
            .required(
                "lines",
                .array(
                    .object([
                        .required("position", .id), .required("net", ReadModel.Kind.money.schema),
                        .required("tax", ReadModel.Kind.money.schema),
                        .required("tax_rate", ReadModel.Kind.decimal.schema),
                        .required("period_start", .nullable(.day)), .required("period_end", .nullable(.day)),
                    ]),
                    count: 0...10_000
                )
            ),
        ])
    )

    private static let reportEdition = Schema.named(
        "ServiceReportEdition",
        .object([
            .required("number", .id), .required("pdf_sha256", .text(max: 64)), .required("pdf_bytes", .id),
            .required("pdf_pages", .id), .required("data_sha256", .text(max: 64)), .required("cpu_ms", .count),
            .required("created_at", .time),
        ])
    )

    private static let reportMail = Schema.named(
        "ServiceReportMail",
        .object([
            .required("id", .id), .required("status", .oneOf(["queued", "sent", "failed"])),
            .required("subject", .text(max: 1000)),
            .required("recipients", .nullable(.array(.text(max: 254)))), .required("attempts", .count),
            .required("last_error", .nullable(.text(max: 10_000))), .required("sent_at", .nullable(.time)),
            .required("created_at", .time),
        ])
    )

    private static let paymentRefund = Schema.named(
        "PaymentRefund",
        .object([
            .required("id", .id), .required("number", .text(max: 64)), .required("status", .oneOf(RefundStatus.self)),
            .required("amount", ReadModel.Kind.money.schema), .required("reason", .text(max: 10_000)),
            .required("failure_reason", .nullable(.text(max: 10_000))), .required("created_at", .time),
        ])
    )

    private static let invoiceLine = Schema.named(
        "InvoiceLine",
        .object([
            .required("position", .id), .required("kind", .text(max: 64)), .required("description", .text(max: 500)),
            .required("quantity", .id), .required("unit_price", ReadModel.Kind.money.schema),
            .required("net", ReadModel.Kind.money.schema), .required("tax", ReadModel.Kind.money.schema),
            .required("tax_rate", ReadModel.Kind.decimal.schema), .required("period_start", .nullable(.day)),
            .required("period_end", .nullable(.day)),
        ])
    )
}

extension Resources {
    /// The row that a path names: what a caller must be allowed to see before a refusal says anything else.
    static func subject(of call: Call) -> (model: ReadModel, id: Int64)? {
        if let account = call.parameters["account_id"].flatMap({ Int64($0) }) { return (.accounts, account) }
        guard let id = call.parameters["id"].flatMap({ Int64($0) }),
            let model = subjects.first(where: { call.endpoint.path.hasPrefix($0.path) })?.model
        else { return nil }
        return (model, id)
    }

    private static let subjects: [(path: String, model: ReadModel)] = [
        ("accounts/", .accounts), ("users/", .users), ("sites/", .sites), ("sectors/", .sectors),
        ("api-keys/", .apiKeys), ("services/subscriptions/", .subscriptions),
        ("services/time-entries/", .timeEntries), ("services/backlink-orders/", .backlinkOrders),
        ("services/link-claims/", .linkClaims),
        ("services/campaigns/", .campaigns), ("services/approvals/", .approvals),
        ("linker/indexing/requests/", .indexingRequests), ("linker/indexing/keys/", .indexingKeys),
        ("services/reports/", .serviceReports), ("services/branding/", .brandings),
        ("services/report-templates/", .reportTemplates),
        ("billing/invoices/", .invoices), ("billing/credit-notes/", .creditNoteSummaries),
        ("billing/payment-methods/", .paymentMethods), ("billing/payments/", .payments),
        ("billing/refunds/", .refunds), ("jobs/", .jobs),
        ("webhook-endpoints/", .webhookEndpoints),
    ]
}
