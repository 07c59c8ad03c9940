enum ChargeEndpoints {
    static let all = [
        StripeEndpoint(.get, "charges", list),
        StripeEndpoint(.get, "charges/*", get),
    ]

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(Charge.self, path[0]))
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let filter = StripeFilter(
            links: StripeLinks(
                customer: try parameters.string("customer"),
                paymentIntent: try parameters.string("payment_intent")
            ),
            created: try parameters.createdFilter()
        )
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        return try .ok(try await scope.store.page(Charge.self, where: filter, window, url: "/v1/charges"))
    }
}
