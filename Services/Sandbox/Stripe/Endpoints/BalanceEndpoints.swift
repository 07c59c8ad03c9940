enum BalanceEndpoints {
    static let all = [
        StripeEndpoint(.get, "balance_transactions", list),
        StripeEndpoint(.get, "balance_transactions/*", get),
    ]

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(BalanceTransaction.self, path[0]))
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let filter = StripeFilter(
            links: StripeLinks(charge: try parameters.string("source"), status: try parameters.string("type")),
            created: try parameters.createdFilter()
        )
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        return try .ok(
            try await scope.store.page(BalanceTransaction.self, where: filter, window, url: "/v1/balance_transactions")
        )
    }
}
