enum DisputeEndpoints {
    static let all = [
        StripeEndpoint(.get, "disputes", list),
        StripeEndpoint(.get, "disputes/*", get),
        StripeEndpoint(.post, "disputes/*/close", close),
    ]

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(Dispute.self, path[0]))
    }

    @Sendable
    private static func close(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        var dispute = try await scope.store.find(Dispute.self, path[0], locked: true)
        guard dispute.status == .needsResponse else { throw StripeError.state("This dispute is already closed.") }
        dispute.status = .lost
        try await scope.store.update(dispute)
        try await scope.emit("charge.dispute.closed", dispute)
        return try .ok(dispute)
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let filter = StripeFilter(
            links: StripeLinks(
                paymentIntent: try parameters.string("payment_intent"),
                charge: try parameters.string("charge")
            ),
            created: try parameters.createdFilter()
        )
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        return try .ok(try await scope.store.page(Dispute.self, where: filter, window, url: "/v1/disputes"))
    }
}
