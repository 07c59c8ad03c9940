enum InvoiceItemEndpoints {
    static let all = [
        StripeEndpoint(.post, "invoiceitems", create),
        StripeEndpoint(.get, "invoiceitems", list),
        StripeEndpoint(.get, "invoiceitems/*", get),
        StripeEndpoint(.post, "invoiceitems/*", update),
        StripeEndpoint(.delete, "invoiceitems/*", delete),
    ]

    @Sendable
    private static func create(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let customerID = try parameters.required("customer")
        let invoiceID = try parameters.string("invoice")
        let price = try price(&parameters)
        let currency = try parameters.string("currency")?.lowercased()
        var item = InvoiceItem(
            id: StripeID.make(InvoiceItem.idPrefix),
            amount: price.amount,
            currency: currency ?? "usd",
            customer: customerID,
            date: scope.now,
            invoice: invoiceID,
            netAmount: price.amount,
            period: try period(&parameters) ?? .init(end: scope.now, start: scope.now),
            pricing: .init(unitAmountDecimal: price.unit),
            quantity: price.quantity
        )
        item.description = try parameters.string("description")
        item.discountable = try parameters.boolean("discountable") ?? true
        item.metadata = try parameters.metadata()
        try parameters.finish()
        let customer = try await scope.store.find(Customer.self, customerID, param: "customer")
        if let invoiceID {
            var invoice = try await scope.store.find(Invoice.self, invoiceID, param: "invoice", locked: true)
            guard invoice.customer == customer.id else {
                throw StripeError.state("The invoice belongs to another customer.", param: "invoice")
            }
            item.currency = currency ?? invoice.currency
            try invoice.add(item)
            try await scope.store.update(invoice)
        }
        try await scope.store.insert(item)
        try await scope.emit("invoiceitem.created", item)
        return try .ok(item)
    }

    /// Either an `amount`, or a `unit_amount_decimal` that `quantity` multiplies.
    private static func price(
        _ parameters: inout StripeParameters
    ) throws(StripeError) -> (amount: Int64, quantity: Int64, unit: String) {
        let amount = try parameters.integer("amount")
        let quantity = try parameters.integer("quantity")
        let unit = try parameters.string("unit_amount_decimal")
        switch (amount, unit) {
        case (let amount?, nil):
            guard quantity == nil else {
                throw .invalid("You may only specify one of these parameters: amount, quantity.", param: "quantity")
            }
            return (amount, 1, String(amount))
        case (nil, let unit?):
            let quantity = quantity ?? 1
            guard quantity >= 0, let total = UnitAmount(unit)?.total(quantity: quantity) else {
                throw .invalid("Invalid decimal: \(unit)", param: "unit_amount_decimal")
            }
            return (total, quantity, unit)
        case (nil, nil): throw .missing("amount")
        default:
            throw .invalid(
                "You may only specify one of these parameters: amount, unit_amount_decimal.",
                param: "amount"
            )
        }
    }

    private static func period(_ parameters: inout StripeParameters) throws(StripeError) -> InvoiceItem.Period? {
        guard var period = try parameters.object("period") else { return nil }
        guard let start = try period.integer("start") else { throw .missing("period[start]") }
        guard let end = try period.integer("end") else { throw .missing("period[end]") }
        try period.finish()
        guard start <= end else { throw .invalid("The period ends before it starts.", param: "period[end]") }
        return .init(end: end, start: start)
    }

    @Sendable
    private static func update(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var item = try await scope.store.find(InvoiceItem.self, path[0], locked: true)
        item.description = try parameters.change("description").applied(to: item.description)
        item.metadata = try parameters.metadata(onto: item.metadata)
        item.period = try period(&parameters) ?? item.period
        if parameters.names(["amount", "quantity", "unit_amount_decimal"]) {
            let price = try price(&parameters)
            item.amount = price.amount
            item.netAmount = price.amount
            item.quantity = price.quantity
            item.pricing.unitAmountDecimal = price.unit
        }
        try parameters.finish()
        if let id = item.invoice {
            var invoice = try await scope.store.find(Invoice.self, id, param: "invoice", locked: true)
            try invoice.replaceLine(of: item)
            try await scope.store.update(invoice)
        }
        try await scope.store.update(item)
        return try .ok(item)
    }

    @Sendable
    private static func delete(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        let item = try await scope.store.find(InvoiceItem.self, path[0], locked: true)
        if let id = item.invoice {
            var invoice = try await scope.store.find(Invoice.self, id, param: "invoice", locked: true)
            try invoice.removeLine(of: item)
            try await scope.store.update(invoice)
        }
        try await scope.store.delete(item)
        try await scope.emit("invoiceitem.deleted", item)
        return try .ok(DeletedObject(id: item.id, object: InvoiceItem.kind))
    }

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(InvoiceItem.self, path[0]))
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
                invoice: try parameters.string("invoice")
            ),
            created: try parameters.createdFilter(),
            isPending: try parameters.boolean("pending") ?? false
        )
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        return try .ok(try await scope.store.page(InvoiceItem.self, where: filter, window, url: "/v1/invoiceitems"))
    }
}
