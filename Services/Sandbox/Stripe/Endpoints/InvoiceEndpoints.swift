enum InvoiceEndpoints {
    static let all = [
        StripeEndpoint(.post, "invoices", create),
        StripeEndpoint(.get, "invoices", list),
        StripeEndpoint(.get, "invoices/*", get),
        StripeEndpoint(.post, "invoices/*", update),
        StripeEndpoint(.delete, "invoices/*", delete),
        StripeEndpoint(.get, "invoices/*/lines", lines),
    ]

    @Sendable
    private static func create(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let customerID = try parameters.required("customer")
        let customer = try await scope.store.find(Customer.self, customerID, param: "customer")
        let id = StripeID.make(Invoice.idPrefix)
        var invoice = Invoice(
            id: id,
            collectionMethod: try parameters.choice("collection_method", of: Invoice.CollectionMethod.self)
                ?? .chargeAutomatically,
            created: scope.now,
            currency: try parameters.string("currency")?.lowercased() ?? customer.currency ?? "usd",
            customer: customer.id,
            customerAddress: customer.address,
            customerEmail: customer.email,
            customerName: customer.name,
            customerPhone: customer.phone,
            customerTaxExempt: customer.taxExempt,
            lines: .init(url: "/v1/invoices/\(id)/lines"),
            periodEnd: scope.now,
            periodStart: scope.now
        )
        let includesPending = try parameters.string("pending_invoice_items_behavior") == "include"
        let days = try parameters.integer("days_until_due")
        invoice.dueDate = try parameters.integer("due_date") ?? days.map { scope.now + $0 * UnixDay.seconds }
        invoice.number = try parameters.string("number")
        try await apply(&parameters, to: &invoice, in: scope)
        try parameters.finish()
        guard (invoice.collectionMethod == .sendInvoice) == (invoice.dueDate != nil) else {
            throw StripeError.invalid(
                "If invoices are sent, you must pass days_until_due or due_date; if charged, you may not.",
                param: "due_date"
            )
        }
        if includesPending { try await include(pendingOf: customer, &invoice, in: scope) }
        try await scope.store.insert(invoice)
        try await scope.emit("invoice.created", invoice.shown)
        return try .ok(invoice.shown)
    }

    private static func include(
        pendingOf customer: Customer,
        _ invoice: inout Invoice,
        in scope: StripeScope
    ) async throws {
        let filter = StripeFilter(links: StripeLinks(customer: customer.id), isPending: true)
        for var item in try await scope.store.all(InvoiceItem.self, where: filter)
        where item.currency == invoice.currency {
            item.invoice = invoice.id
            try invoice.add(item)
            try await scope.store.update(item)
        }
    }

    private static func apply(
        _ parameters: inout StripeParameters,
        to invoice: inout Invoice,
        in scope: StripeScope
    ) async throws {
        if try parameters.boolean("auto_advance") ?? false {
            throw StripeError.invalid(
                "This sandbox never advances an invoice by itself: pass auto_advance=false and finalize it.",
                param: "auto_advance"
            )
        }
        invoice.description = try parameters.change("description").applied(to: invoice.description)
        invoice.footer = try parameters.change("footer").applied(to: invoice.footer)
        invoice.statementDescriptor = try parameters.change("statement_descriptor")
            .applied(to: invoice.statementDescriptor)
        invoice.effectiveAt = try parameters.integer("effective_at") ?? invoice.effectiveAt
        invoice.metadata = try parameters.metadata(onto: invoice.metadata)
        let chosen = try parameters.change("default_payment_method")
        parameters.ignore("payment_settings", "rendering", "custom_fields")
        if case .set(let id) = chosen {
            let method = try await scope.store.find(PaymentMethod.self, id, param: "default_payment_method")
            guard method.customer == invoice.customer else {
                throw StripeError.state(
                    "The payment method must be attached to the invoice's customer.",
                    param: "default_payment_method"
                )
            }
        }
        invoice.defaultPaymentMethod = chosen.applied(to: invoice.defaultPaymentMethod)
    }

    @Sendable
    private static func update(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        var invoice = try await scope.store.find(Invoice.self, path[0], locked: true)
        let due = try parameters.integer("due_date")
        let number = try parameters.string("number")
        if due != nil || number != nil { try invoice.requireDraft() }
        invoice.dueDate = due ?? invoice.dueDate
        invoice.number = number ?? invoice.number
        try await apply(&parameters, to: &invoice, in: scope)
        try parameters.finish()
        try await scope.store.update(invoice)
        try await scope.emit("invoice.updated", invoice.shown)
        return try .ok(invoice.shown)
    }

    @Sendable
    private static func delete(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        let invoice = try await scope.store.find(Invoice.self, path[0], locked: true)
        guard invoice.status == .draft else {
            throw StripeError.state("You can only delete draft invoices: this one is \(invoice.status.rawValue).")
        }
        for item in try await scope.store.all(InvoiceItem.self, where: StripeFilter(links: .init(invoice: invoice.id)))
        {
            try await scope.store.delete(item)
        }
        try await scope.store.delete(invoice)
        try await scope.emit("invoice.deleted", invoice.shown)
        return try .ok(DeletedObject(id: invoice.id, object: Invoice.kind))
    }

    @Sendable
    private static func get(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        try parameters.finish()
        return try .ok(try await scope.store.find(Invoice.self, path[0]).shown)
    }

    @Sendable
    private static func list(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let status = try parameters.choice("status", of: Invoice.Status.self)
        let filter = StripeFilter(
            links: StripeLinks(customer: try parameters.string("customer"), status: status?.rawValue),
            created: try parameters.createdFilter()
        )
        let window = try StripeWindow(&parameters)
        try parameters.finish()
        var page = try await scope.store.page(Invoice.self, where: filter, window, url: "/v1/invoices")
        page.data = page.data.map(\.shown)
        return try .ok(page)
    }

    @Sendable
    private static func lines(
        _ path: [String],
        _ parameters: inout StripeParameters,
        _ scope: StripeScope
    ) async throws -> StripeAnswer {
        let limit = try parameters.integer("limit") ?? 10
        let cursor = try parameters.string("starting_after")
        try parameters.finish()
        let invoice = try await scope.store.find(Invoice.self, path[0])
        var lines = invoice.lines.data[...]
        if let cursor { lines = lines.drop { $0.id != cursor }.dropFirst() }
        let page = Array(lines.prefix(Int(max(1, min(100, limit)))))
        return try .ok(StripeList(data: page, hasMore: page.count < lines.count, url: invoice.lines.url))
    }
}
