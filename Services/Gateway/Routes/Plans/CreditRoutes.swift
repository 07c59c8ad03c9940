import DomainModel
import HTTPTypes
import Persistence
import Postgres

enum CreditRoutes {
    static let endpoints = [credits]

    private static let credits = Endpoint(
        .get,
        "billing/credits/",
        .anyone,
        "getCredits",
        "Platform credits: the balance, and every change of it"
    ) { call in
        let page = try PageRequest(call.query, of: Resources.creditTransactions.model)
        return try await call.view { write in
            let account = try await write.askedAccount()
            var page = page
            page.narrow("t.account_id = \(account.id.rawValue)")
            let model = Resources.creditTransactions.model
            let rows = try await write.tx.query(model.rows(page.page, for: write.tenant))
            let count: Int64? =
                page.cursor == nil
                ? try await write.tx.query(model.count(page.page, for: write.tenant)).first?.decode(0) : nil
            let plan = try await Plans.find(account.plan, in: write.tx)?.value
            let costs = try await CreditService.costs(in: write.tx)
            return try page.answer(call, rows, count: count, Resources.creditTransactions) { writer in
                writer.member("balance", account.credits)
                writer.member("monthly_credits", plan?.monthlyCredits ?? 0)
                writer.key("costs")
                writer.value(
                    .array(
                        costs.map {
                            [
                                "operation": .string($0.operation), "credits": .count($0.credits),
                                "unit": .string($0.unit),
                            ]
                        }
                    )
                )
            }
        }
    }.with {
        $0.scope = .billingRead
        $0.query = Resources.creditTransactions.listParameters.filter { $0.name != "account_id" } + [Endpoint.whose]
        $0.problems = [.notFound]
        $0.answer = .named(
            "Credits",
            .object(
                [
                    .required("balance", .count), .required("monthly_credits", .count, "What the plan gives a month."),
                    .required(
                        "costs",
                        .array(
                            .object([
                                .required("operation", .text(max: 64)), .required("credits", .count),
                                .required("unit", .text(max: 64), "A unit that is begun counts whole."),
                            ])
                        )
                    ),
                ] + Resources.creditTransactions.listSchema.fields
            )
        )
    }
}
