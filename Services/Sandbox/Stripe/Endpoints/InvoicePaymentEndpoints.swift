enum InvoicePaymentEndpoints {
    static let all = [
        StripeEndpoint(.get, "invoice_payments", list),
        StripeEndpoint(.get, "invoice_payments/*", get),
    ]

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(InvoicePayment.self, path[0]))
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var links = StripeLinks(invoice: try parameters.string("invoice"))
        links.status = try parameters.choice("status", of: InvoicePayment.Status.self)?.rawValue
        if var payment = try parameters.object("payment") {
            payment.ignore("type")
            links.paymentIntent = try payment.string("payment_intent")
            try payment.finish()
        }
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        return try .ok(
            try await scope.store.page(
                InvoicePayment.self,
                where: StripeFilter(links: links),
                window,
                url: "/v1/invoice_payments"
            )
        )
    }
}
