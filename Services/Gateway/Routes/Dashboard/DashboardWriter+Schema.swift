import DomainModel
import Persistence

extension DashboardWriter {
    private static let money = ReadModel.Kind.money.schema
    private static let percent = Schema.nullable(ReadModel.Kind.decimal.schema)

    static let schema = Schema.named(
        "Dashboard",
        .object([
            .required("month", .month), .required("read_at", .time),
            .required("subscriptions", .object(SubscriptionStatus.allCases.map { .required($0.rawValue, .count) })),
            .required("behind_on_delivery", .count),
            .required(
                "open_flags",
                .array(.object([.required("kind", .oneOf(DeliveryFlagKind.self)), .required("count", .count)]))
            ),
            .required("currencies", .array(.named("DashboardCurrency", .object(currency)))),
            .optional("explain", .array(explained), "With `explain=1`."),
        ])
    )

    private static let currency: [Schema.Field] =
        [
            .required("currency", .currency),
            .required(
                "mrr",
                .object(
                    ["start", "new", "expansion", "reactivation", "contraction", "churn", "end"]
                        .map { .required($0, money) }
                ),
                "Without tax: start + new + expansion + reactivation − contraction − churn = end."
            ),
            .required(
                "mrr_by_tier",
                .array(
                    .object([
                        .required("tier", .oneOf(ServiceTier.self)), .required("start", money),
                        .required("end", money),
                    ])
                )
            ),
            .required(
                "clients",
                .object(["start", "lost", "end"].map { .required($0, .count) }),
                "Subscriptions that pay."
            ),
            .required(
                "retention",
                .object(
                    ["clients_percent", "gross_revenue_percent", "net_revenue_percent"].map { .required($0, percent) }
                )
            ),
            .required("average_revenue_per_client", .nullable(money)), .required("articles", .count),
            .required("cost_per_article", .nullable(money)), .required("minutes", .count),
            .required("effective_hourly_rate", .nullable(money)),
        ] + months
        + [
            .required("costs", .object(LedgerFigure.cost.accounts.map { .required($0.rawValue, money) })),
            .required(
                "backlinks",
                .object([
                    .required("revenue", money), .required("cost", money), .required("margin", money),
                    .required("margin_percent", percent),
                ])
            ),
            .required(
                "month_over_month",
                .array(
                    .object([
                        .required("figure", .text(max: 64)), .required("before", money), .required("now", money),
                        .required("change", money), .required("change_percent", percent),
                    ])
                )
            ),
            .required(
                "top_clients",
                .array(
                    .object([
                        .required("account_id", .id), .required("account_name", .text(max: 1_000)),
                        .required("revenue", money), .required("margin", money),
                    ]),
                    count: 0...5
                )
            ),
            .required(
                "series",
                .array(
                    .object(
                        [.required("month", .month), .required("clients", .count), .required("mrr", money)] + months
                    ),
                    count: 12...12
                )
            ),
        ]

    private static let months: [Schema.Field] =
        LedgerFigure.ofTheMonth.map { .required($0.rawValue, money, $0.formula) } + [
            .required("margin_percent", percent)
        ]

    private static let explained = Schema.named(
        "ExplainedFigure",
        .object([
            .required("figure", .text(max: 64)), .required("currency", .nullable(.currency)),
            .required("formula", .text(max: 1_000)),
            .required("sum", .nullable(money), "Added up from the rows themselves."),
            .required("count", .nullable(.count), "How many rows."),
            .required("rows", .array(.any, count: 0...DashboardExplanation.shown), "The first of them."),
            .required("rows_url", .nullable(.text(max: 4_000)), "All of them, in pages."),
        ])
    )
}
